using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Platform.Core.Storage;

/// <summary>A context whose transactions begin with settings that last exactly as long as they do.</summary>
internal interface ITransactionSettings
{
    IReadOnlyList<(string Name, string Value)> Settings { get; }
}

/// <summary>
/// Points each transaction at its tenant: the search path in <c>tenantdb</c>, the row-level security settings in
/// <c>platformdb</c>. A query outside a transaction finds no table, or no tenant, which is the safe way to be wrong.
/// </summary>
internal sealed class TransactionSettings : DbTransactionInterceptor
{
    public override DbTransaction TransactionStarted(
        DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        using var command = Apply(connection, result, eventData.Context);
        command?.ExecuteNonQuery();
        return result;
    }

    public override async ValueTask<DbTransaction> TransactionStartedAsync(
        DbConnection connection,
        TransactionEndEventData eventData,
        DbTransaction result,
        CancellationToken cancellationToken = default)
    {
        await using var command = Apply(connection, result, eventData.Context);
        if (command is not null) await command.ExecuteNonQueryAsync(cancellationToken);
        return result;
    }

    private static DbCommand? Apply(DbConnection connection, DbTransaction transaction, DbContext? context)
    {
        if (context is not ITransactionSettings { Settings: { Count: > 0 } settings }) return null;

        var command = connection.CreateCommand();
        command.Transaction = transaction;
        // true: until the transaction ends
        command.CommandText = $"select {string.Join(", ", settings.Select((_, i) => $"set_config(@n{i}, @v{i}, true)"))}";

        foreach (var ((name, value), i) in settings.Select((setting, i) => (setting, i)))
        {
            Add($"n{i}", name);
            Add($"v{i}", value);
        }

        return command;

        void Add(string parameterName, string value)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = parameterName;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }
    }
}
