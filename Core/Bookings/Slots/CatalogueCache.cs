using System.Collections.Concurrent;

namespace Platform.Core.Bookings.Slots;

/// <summary>
/// Services as they were last read. Each use checks in the database, in the query for existing bookings, whether the
/// catalogue's version is still the same: what is remembered is never older than the transaction that uses it.
/// </summary>
public sealed class CatalogueCache
{
    private const int ManyEntries = 5_000;

    private readonly ConcurrentDictionary<(long Tenant, long Service), BookableService> _services = new();

    public BookableService? Find(long tenantId, long serviceId) => _services.GetValueOrDefault((tenantId, serviceId));

    /// <summary>Unless somebody remembered another since.</summary>
    public void Forget(long tenantId, BookableService service) =>
        _services.TryRemove(new((tenantId, service.Id), service));

    public void Remember(long tenantId, BookableService service)
    {
        if (_services.Count > ManyEntries) _services.Clear();
        _services[(tenantId, service.Id)] = service;
    }
}
