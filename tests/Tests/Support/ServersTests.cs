using Npgsql;

namespace Platform.Tests.Support;

public sealed class ServersTests
{
    [Fact]
    public async Task A_new_database_contains_the_rows_of_its_template()
    {
        var template = await Servers.NewDatabaseAsync("template");
        await ExecuteAsync(template, "create table things (id int); insert into things values (7)");
        NpgsqlConnection.ClearAllPools();

        var copy = await Servers.NewDatabaseAsync("copy", template);

        Assert.Equal(7, await ExecuteAsync(copy, "select id from things"));
    }

    [Fact]
    public async Task The_server_takes_the_connections_of_all_tests_at_once() =>
        Assert.Equal("900", await ExecuteAsync($"{await Servers.PostgresAsync()};Database=postgres", "show max_connections"));

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
