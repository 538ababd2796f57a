using Npgsql;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Storage;

namespace Platform.Bench;

/// <summary>The slot engine with its database, in this process: neither HTTP nor JSON.</summary>
internal sealed class LocalSlots : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    public LocalSlots(string database)
    {
        _source = new NpgsqlDataSourceBuilder(BenchStack.AsProcess(database)).Build();
        var tenant = new TenantContext { Id = BenchStack.Tenant.Id, TimeZone = BenchStack.Tenant.TimeZone };
        Sql = new TenantSql(_source, tenant);
        Query = new SlotQuery(Sql, tenant, new CatalogueCache(), TimeProvider.System);
    }

    public TenantSql Sql { get; }

    public SlotQuery Query { get; }

    /// <summary>Reads what the answer is made from, and makes it.</summary>
    public async Task<int> CountAsync(long service, TimeRange wanted)
    {
        var inputs = await Query.ReadAsync(new(service, wanted), CancellationToken.None)
            ?? throw new InvalidOperationException($"There is no service {service}.");
        var question = inputs.Service.Question(inputs.Service.Times, inputs.Occupied, 1, []);
        return SlotRules.Slots(question, wanted, TimeProvider.System.GetUtcNow()).Count;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
