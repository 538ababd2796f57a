using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Platform.ServiceDefaults.Databases;

/// <summary>
/// Creates roles, their passwords and databases, as the superuser of the server: nothing else connects as it. Running
/// it again sets the passwords again and changes nothing else.
/// </summary>
public static class DatabaseSetup
{
    /// <summary>
    /// Name of the connection string of the server. Without it, somebody else has prepared the server.
    /// </summary>
    private const string Server = "postgres";

    /// <summary>Password by name of the login.</summary>
    private const string Logins = "DatabaseLogins";

    /// <summary>Any number that nobody else uses.</summary>
    private const long OneAtATime = 4_707_221_939;

    /// <summary>Name of the connection string with which the owner of a database logs in.</summary>
    public static string OwnerOf(string database) => $"{database}_owner";

    /// <param name="group">See <see cref="DatabaseRoles"/>.</param>
    /// <param name="databases">By the names of their connection strings.</param>
    public static async Task RunAsync(
        IConfiguration configuration, string group, IReadOnlyList<string> databases, CancellationToken ct)
    {
        if (configuration.GetConnectionString(Server) is not { Length: > 0 } server) return;

        var logins = configuration.GetSection(Logins).GetChildren()
            .Select(login => new DatabaseLogin(login.Key, login.Value ?? "")).ToList();
        foreach (var name in databases)
        {
            var owner = Login(configuration, OwnerOf(name));
            await RunAsync(server, new(group, new(owner.Username!, owner.Password!), logins), [owner.Database!], ct);
        }
    }

    /// <param name="server">As its superuser.</param>
    public static async Task RunAsync(
        string server, DatabaseRoles roles, IReadOnlyList<string> databases, CancellationToken ct)
    {
        await using (var connection = await OpenAsync(server, "postgres", ct))
        {
            await ExecuteAsync(connection, $"select pg_advisory_lock({OneAtATime})", ct); // until the connection ends
            var known = await ReadAsync(connection, "select rolname from pg_roles", ct);
            await ExecuteAsync(connection, string.Join(";\n", RolesSql(roles, known)), ct);

            var existing = await ReadAsync(connection, "select datname from pg_database", ct);
            foreach (var database in databases)
            {
                var name = Identifier(database);
                if (!existing.Contains(database)) await ExecuteAsync(connection, $"create database {name}", ct);
                await ExecuteAsync(connection, OwnershipSql(roles, database), ct);
            }
        }

        foreach (var database in databases) await HandOverAsync(server, roles.Owner.Name, database, ct);
    }

    /// <summary>
    /// Nobody but its owner and the logins connects to the database, and only its owner creates in it.
    /// </summary>
    public static string OwnershipSql(DatabaseRoles roles, string database) => $"""
        alter database {Identifier(database)} owner to {Identifier(roles.Owner.Name)};
        revoke all on database {Identifier(database)} from public;
        grant connect on database {Identifier(database)} to {Identifier(roles.Group)}
        """;

    private static IEnumerable<string> RolesSql(DatabaseRoles roles, List<string> known)
    {
        const string Rights = "nosuperuser nocreatedb nocreaterole noreplication nobypassrls inherit";
        DatabaseLogin[] logins = [roles.Owner, .. roles.Logins];

        foreach (var name in logins.Select(login => login.Name).Append(roles.Group).Except(known))
        {
            yield return $"create role {Identifier(name)}";
        }

        yield return $"alter role {Identifier(roles.Group)} nologin {Rights}";
        foreach (var (name, password) in logins)
        {
            yield return $"alter role {Identifier(name)} login {Rights} password {Literal(password)}";
        }

        foreach (var login in roles.Logins)
        {
            yield return $"grant {Identifier(roles.Group)} to {Identifier(login.Name)}";
        }

        yield return "revoke all on database postgres, template1 from public"; // else each login connects to them
    }

    /// <summary>
    /// What an earlier version has made as another role. A transaction per schema: each object takes locks.
    /// </summary>
    private static async Task HandOverAsync(string server, string owner, string database, CancellationToken ct)
    {
        await using var connection = await OpenAsync(server, database, ct);
        var (schemas, statements) = (new List<string>(), new List<string>());
        await using (var command = new NpgsqlCommand(ForeignObjects, connection))
        {
            command.Parameters.Add(new() { Value = owner });
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                schemas.Add(reader.GetString(0));
                statements.Add(reader.GetString(1));
            }
        }

        foreach (var ofSchema in schemas.Zip(statements).GroupBy(found => found.First, found => found.Second))
        {
            await ExecuteAsync(connection, string.Join(";\n", ofSchema), ct);
        }
    }

    /// <summary>
    /// Extensions keep theirs. The schema <c>public </c> belongs to the owner of the database, sequences of columns to
    /// that of the table.
    /// </summary>
    private const string ForeignObjects = """
        with owner as (select oid from pg_roles where rolname = $1),
        schemas as (
            select oid, nspname, nspowner from pg_namespace
            where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')
            union all select oid, nspname, null from pg_namespace where nspname = 'public')
        select nspname, format('alter schema %I owner to %I', nspname, $1)
        from schemas where nspowner <> (select oid from owner)
        union all
        select nspname, format(
            'alter %s %s owner to %I',
            case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end,
            c.oid::regclass, $1)
        from pg_class c join schemas s on s.oid = relnamespace
        where relkind in ('r', 'p', 'v', 'm', 'S') and relowner <> (select oid from owner) and not exists (
            select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid
                and (deptype = 'e' or (relkind = 'S' and deptype in ('a', 'i'))))
        union all
        select nspname, format('alter routine %s owner to %I', p.oid::regprocedure, $1)
        from pg_proc p join schemas s on s.oid = pronamespace
        where proowner <> (select oid from owner) and not exists (
            select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')
        """;

    private static NpgsqlConnectionStringBuilder Login(IConfiguration configuration, string name)
    {
        var login = new NpgsqlConnectionStringBuilder(configuration.GetConnectionString(name)
            ?? throw new InvalidOperationException($"The connection string '{name}' is missing."));
        return login is { Database.Length: > 0, Username.Length: > 0, Password.Length: > 0 }
            ? login
            : throw new InvalidOperationException($"'{name}' needs Database, Username and Password.");
    }

    private static async Task<NpgsqlConnection> OpenAsync(string server, string database, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(server)
        {
            Database = database,
            Pooling = false,
            CommandTimeout = 0,
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<List<string>> ReadAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<string> values = [];
        while (await reader.ReadAsync(ct)) values.Add(reader.GetString(0));
        return values;
    }

    private static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
