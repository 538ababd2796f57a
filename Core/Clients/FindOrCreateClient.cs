using Platform.Contracts.Bookings;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Core.Clients;

/// <summary>
/// The client that a write names, in the caller's transaction. They are locked until that ends, so that nobody is
/// merged or erased while something is written in their name (<see cref="ClientLocks"/>). A merged record means the
/// record it was merged into.
/// </summary>
public sealed class FindOrCreateClient(TenantDb db)
{
    /// <summary>Each further one means that somebody else has merged or made the same client just now.</summary>
    private const int Attempts = 5;

    /// <summary>Null if the client does not exist.</summary>
    /// <param name="alone">Whether writes of the same client wait for one another.</param>
    public async Task<Client?> FindAsync(long id, CancellationToken ct, bool alone = false)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (await LockAsync(id, null, alone, ct) is { } client) return client;
            if (!await db.Clients.AnyAsync(c => c.Id == id && c.ErasedAt == null, ct)) return null;
        }

        return null;
    }

    /// <summary>
    /// A known client is recognised by e-mail; two concurrent requests with one address make one client.
    /// </summary>
    /// <param name="alone">Whether writes of the same client wait for one another.</param>
    public async Task<Result<Client>> FindOrCreateAsync(
        ClientDetails details, string actor, CancellationToken ct, bool alone = false)
    {
        var phone = ClientRules.Phone(details.Phone, db.Tenant.Country, "client.phone");

        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (details.Email is not null && await LockAsync(null, details.Email, alone, ct) is { } known)
            {
                return phone.Rejection is { } noPhone ? noPhone : known;
            }

            var fields = await db.FieldsAsync(CustomFieldOwners.Client, ct);
            var unfit = Rejection.All(phone.Rejection, CustomFieldRules.CheckMetadata(fields, details.Metadata, "client.metadata"));
            if (unfit is not null) return unfit;

            if (await CreateAsync(details with { Phone = phone.Value }, actor, ct) is { } id)
            {
                return await db.Clients.AsNoTracking().SingleAsync(c => c.Id == id, ct);
            }
        }

        return ClientRules.EmailTaken(null);
    }

    /// <summary>Null if it does not exist, or has just been merged or erased.</summary>
    private async Task<Client?> LockAsync(long? id, string? email, bool alone, CancellationToken ct)
    {
        var found = await db.Database.SqlQuery<long>(
            $"""
            select coalesce(merged_into_id, id) as "Value" from clients
            where id = {id} or lower(email) = lower({email})
            """).ToListAsync(ct);
        if (found is not [var standing]) return null;

        await db.ExecuteAsync(ClientLocks.Share(standing), ct);
        if (alone) await db.Database.ExecuteSqlAsync($"select from clients where id = {standing} for no key update", ct);
        return await db.Clients.AsNoTracking().SingleOrDefaultAsync(
            c => c.Id == standing && c.MergedIntoId == null && c.ErasedAt == null, ct);
    }

    /// <summary>Null if somebody with the same e-mail is there by now.</summary>
    private async Task<long?> CreateAsync(ClientDetails details, string actor, CancellationToken ct)
    {
        var locale = details.Locale ?? db.Tenant.Locale;
        var metadata = (details.Metadata ?? Client.NoMetadata).GetRawText();
        return await db.Database.SqlQuery<long>(
            $"""
            insert into clients (name, email, phone, locale, metadata, created_by, updated_by)
            values ({details.Name}, {details.Email}, {details.Phone}, {locale}, {metadata}::jsonb, {actor}, {actor})
            on conflict do nothing
            returning id as "Value"
            """).ToListAsync(ct) is [var id] ? id : null;
    }
}
