using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Contracts.Clients;
using Platform.Core;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Api.Clients;

/// <summary>How clients are read and saved.</summary>
internal static class ClientResponses
{
    public static readonly Expression<Func<Client, ClientResponse>> Response = c => new(
        c.Id, c.Name, c.Email, c.Phone, c.Locale, c.TimeZone, c.Metadata, c.ErasedAt, c.MergedIntoId, c.Version,
        c.Reminders)
    {
        CreatedAt = c.CreatedAt,
        CreatedBy = c.CreatedBy,
        UpdatedAt = c.UpdatedAt,
        UpdatedBy = c.UpdatedBy,
    };

    extension(TenantDb db)
    {
        public Task<ClientResponse?> ClientAsync(long id, CancellationToken ct) =>
            db.Clients.Where(c => c.Id == id).Select(Response).SingleOrDefaultAsync(ct);

        /// <summary>
        /// By id, each locked until the transaction ends. Callers that lock several lock them in this order; a writer
        /// of a client's number waits (<see cref="ClientLocks"/>).
        /// </summary>
        public async Task<Dictionary<long, Client>> LockClientsAsync(IReadOnlyList<long> ids, CancellationToken ct)
        {
            var wanted = ids.ToArray();
            await db.ExecuteAsync(ClientLocks.Take(wanted), ct);
            await db.Database.ExecuteSqlAsync(
                $"select from clients where id = any({wanted}) order by id for no key update", ct);
            return await db.Clients.Where(c => wanted.Contains(c.Id)).ToDictionaryAsync(c => c.Id, ct);
        }

        /// <summary>Saves with who did it; null unless somebody else has the e-mail.</summary>
        public async Task<Rejection?> SaveAsync(Client client, string actor, CancellationToken ct)
        {
            var entry = db.Entry(client);
            if (entry.State is EntityState.Unchanged) return null;
            if (entry.State is EntityState.Added) entry.Property("CreatedBy").CurrentValue = actor;
            entry.Property("UpdatedBy").CurrentValue = actor;

            try
            {
                await db.SaveChangesAsync(ct);
                return null;
            }
            catch (DbUpdateException e)
                when (e.InnerException is PostgresException { ConstraintName: Client.EmailConstraint })
            {
                // EF Core went back to its savepoint, so the transaction can still be asked.
                var others = await db.Database
                    .SqlQuery<long>(
                        $"""
                        select coalesce(merged_into_id, id) as "Value" from clients
                        where lower(email) = lower({client.Email})
                        """)
                    .ToListAsync(ct);
                return ClientRules.EmailTaken(others is [var id] ? id : null);
            }
        }
    }
}
