//! How it is kept: schema, migrations, typed queries and engines
