using System.Globalization;
using Platform.Contracts.People;
using Platform.Contracts.Tenants;

namespace Platform.Admin.Web;

/// <summary>Names for the ids of the API, and ids for the names that people type.</summary>
public sealed class PersonFinder(AdminApi api)
{
    /// <summary>A page names few people; others stay a number.</summary>
    private const int MaxNames = 30;

    /// <summary>Those that were found, by id.</summary>
    public async Task<Dictionary<long, StaffUserResponse>> PeopleAsync(IEnumerable<long> ids, CancellationToken ct)
    {
        var found = await Task.WhenAll(ids.Distinct().Take(MaxNames).Select(id => api.PersonAsync(id, ct)));
        return found.Where(answer => answer.Ok).Select(answer => answer.Data!).ToDictionary(person => person.Id);
    }

    /// <inheritdoc cref="PeopleAsync"/>
    public async Task<Dictionary<long, TenantResponse>> TenantsAsync(IEnumerable<long> ids, CancellationToken ct)
    {
        var found = await Task.WhenAll(ids.Distinct().Take(MaxNames).Select(id => api.TenantAsync(id, ct)));
        return found.Where(answer => answer.Ok).Select(answer => answer.Data!).ToDictionary(tenant => tenant.Id);
    }

    /// <summary>The tenants that a text may mean: its id or slug is one, part of its name may be several.</summary>
    public async Task<IReadOnlyList<TenantResponse>> TenantsOfAsync(string text, CancellationToken ct)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return await api.TenantAsync(id, ct) is { Ok: true, Data: { } tenant } ? [tenant] : [];
        }

        if (await api.FindTenantsAsync(text, 10, ct) is not { Ok: true, Data: { } found }) return [];

        return found.FirstOrDefault(t => string.Equals(t.Slug, text, StringComparison.OrdinalIgnoreCase)) is { } exact
            ? [exact]
            : found;
    }

    /// <summary>The people that a text may mean: an id, or the beginning of a name or an address.</summary>
    public async Task<IReadOnlyList<StaffUserResponse>> PeopleOfAsync(string text, CancellationToken ct)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return await api.PersonAsync(id, ct) is { Ok: true, Data: { } person } ? [person] : [];
        }

        return await api.FindPeopleAsync(text, 10, ct) is { Ok: true, Data: { } found } ? found : [];
    }
}
