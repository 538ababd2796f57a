using Platform.Core.Licensing;
using Platform.Core.Storage;

namespace Platform.Core.Pricing;

/// <summary>What a change of prices depends on. Nothing of it changes while the prices are locked.</summary>
public static class PriceQueries
{
    /// <summary>By how much the clocks of two processes may differ.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(1);

    extension(PlatformDb db)
    {
        /// <summary>
        /// Keeps the prices of the application for the transaction that runs. Grants that are being written come
        /// before it; later ones wait, and see what it did. So the time of the change is read after this, not before.
        /// </summary>
        /// <returns>Whether there is such an application.</returns>
        public async Task<bool> LockPricesAsync(long applicationId, CancellationToken ct) =>
            await db.ReadAsync(
                [
                    PriceLock.Take(applicationId),
                    TenantSql.Statement("select id from applications where id = $1 for no key update", applicationId),
                ],
                reader => reader.GetInt64(0),
                ct) is [_];

        /// <summary>
        /// The instant from which a change that is made now can hold: this process's time or, if another process's
        /// clock is ahead, just after the last grant and the last change for the type of user.
        /// </summary>
        public async Task<DateTimeOffset> NowAfterGrantsAsync(
            long applicationId, long userTypeId, DateTimeOffset now, CancellationToken ct)
        {
            var last = await db.ReadAsync(
                [
                    TenantSql.Statement(
                        """
                        select greatest(max(p.valid_from) filter (where p.valid_from <= $3), max(g.last))
                        from application_pricing p
                        left join lateral (
                            select max(granted_at) as last from user_application_access
                            where pricing_id_fk_snapshot = p.id) g on true
                        where p.application_id_fk = $1 and p.user_type_id_fk = $2
                        """,
                        applicationId, userTypeId, now + ClockSkew),
                ],
                reader => reader.IsDBNull(0) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(0),
                ct);
            return last[0] is { } instant && instant >= now ? instant.AddMicroseconds(1) : now;
        }

        /// <summary>Whether grants were made at this price at that instant or after it.</summary>
        public Task<bool> HasGrantsSinceAsync(PriceVersion price, DateTimeOffset at, CancellationToken ct) =>
            db.Grants.AnyAsync(g => g.PricingIdFkSnapshot == price.Id && g.GrantedAt >= at, ct);

        /// <summary>
        /// Whether grants in the time of this price would have been made at it and not at that of another currency,
        /// had it been there: currencies are chosen as grants choose them.
        /// </summary>
        public async Task<bool> WouldHavePricedAsync(PriceVersion price, CancellationToken ct) =>
            (await db.ReadAsync(
                [
                    TenantSql.Statement(
                        """
                        select exists (
                            select from application_pricing p
                            join user_application_access g on g.pricing_id_fk_snapshot = p.id
                            join tenants t on t.id = g.tenant_id_fk
                            where p.application_id_fk = $1 and p.user_type_id_fk = $2 and p.id <> $6
                                and g.granted_at >= $4 and ($5::timestamptz is null or g.granted_at < $5)
                                and row($3::text <> t.currency::text, $3::text <> 'BRL', $3::text)
                                    < row(p.currency::text <> t.currency::text, p.currency <> 'BRL', p.currency::text))
                        """,
                        price.ApplicationId, price.UserTypeId, price.Currency, price.ValidFrom, price.ValidTo, price.Id),
                ],
                reader => reader.GetBoolean(0),
                ct))[0];
    }
}
