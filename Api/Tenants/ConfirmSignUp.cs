using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Api.Licensing;
using Platform.Api.People;
using Platform.Contracts;
using Platform.Contracts.Events;
using Platform.Contracts.People;
using Platform.Contracts.Tenants;
using Platform.Core;
using Platform.Core.Licensing;
using Platform.Core.People;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Tenants;

/// <summary>
/// Creates the organisation of a confirmed sign-up: the tenant, its schema, its first administrator and a trial
/// licence. Each step is done or not, so what broke off is continued by opening the link again.
/// </summary>
internal sealed class ConfirmSignUp(
    PlatformDb db, TenantWork work, AccessChanges changes, IOptions<SignUpOptions> options, TimeProvider clock)
{
    private const int MaxSlugAttempts = 50;

    /// <summary>A person waits for this page; opening the link again continues.</summary>
    private static readonly TimeSpan BuildTime = TimeSpan.FromSeconds(15);

    private static readonly string[] AdminRoles = ["tenant_admin"];

    public async Task<Result<ConfirmSignUpResponse>> ExecuteAsync(
        Guid id, long userId, HttpContext http, CancellationToken ct)
    {
        db.Scope = Scope.AllTenants;
        if (await RegisterAsync(id, http, ct) is not var (signUp, tenantId)) return Expired;

        if (signUp.ConfirmedAt is null)
        {
            var (_, task) = await ProvisioningEndpoints.WaitUntilBuiltAsync(
                tenantId, taskId: null, db, work, http, ct, BuildTime);
            if (task is { FinishedAt: null }) return TenantWork.InProgress(tenantId);
            if (task?.Outcome?.Failure is { } failure) return TenantWork.ToRejection(failure, tenantId);

            db.ChangeTracker.Clear();
            if (await FinishAsync(id, tenantId, userId, http, ct) is { } refused) return refused;

            changes.Send();
        }

        var tenant = await db.Tenants.AsNoTracking().SingleAsync(t => t.Id == tenantId, ct);
        return new ConfirmSignUpResponse(tenant.Id, tenant.Slug, tenant.Name);
    }

    private static readonly Rejection Expired = new(
        RejectionKind.Invalid, Codes.SignUpExpired, "The sign-up has expired. Sign up again.");

    /// <summary>Of concurrent confirmations, one registers the tenant; the sign-up's row is locked.</summary>
    private async Task<(SignUp SignUp, long TenantId)?> RegisterAsync(Guid id, HttpContext http, CancellationToken ct)
    {
        for (var attempt = 1; attempt <= MaxSlugAttempts; attempt++)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            var now = clock.Now;
            var signUp = await db.Set<SignUp>().FromSql($"select * from sign_ups where id = {id} for update")
                .SingleOrDefaultAsync(ct);
            if (signUp is null || (signUp.TenantId is null && signUp.ExpiresAt <= now)) return null;
            if (signUp.TenantId is { } known) return (signUp, known);

            var tenant = ToTenant(signUp, attempt);
            db.Create(tenant, Caller.Of(http.User).Actor);
            try
            {
                await db.SaveChangesAsync(ct);
            }
            catch (DbUpdateException e) when (TenantEndpoints.TakenBy(e) is not null)
            {
                db.ChangeTracker.Clear(); // another slug
                continue;
            }

            signUp.TenantId = tenant.Id;
            await db.SaveChangesAsync(ct);
            var after = tenant.ToResponse().ToSnapshot();
            await db.RecordAsync(
                new(tenant.Id, "tenant.registered", Tenant.AuditTarget, tenant.Id, null, after), http, now, ct);
            await transaction.CommitAsync(ct);
            return (signUp, tenant.Id);
        }

        throw new InvalidOperationException("No slug is free.");
    }

    private static Tenant ToTenant(SignUp signUp, int attempt) => ProvisioningEndpoints.FromRequest(new(
        attempt == 1 && signUp.Slug is { } slug ? slug : TenantRules.SlugFrom(signUp.Slug ?? signUp.Organisation, attempt),
        signUp.Organisation, signUp.TimeZone, signUp.Locale, signUp.Currency));

    private async Task<Rejection?> FinishAsync(
        Guid id, long tenantId, long userId, HttpContext http, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var signUp = await db.Set<SignUp>().FromSql($"select * from sign_ups where id = {id} for update").SingleAsync(ct);
        if (signUp.ConfirmedAt is not null) return null;

        var writing = new PeopleWriting(db, changes, http, clock);
        await writing.LockAsync(tenantId, ct);
        http.Features.Set(new PersonAccount(userId));
        var found = await writing.FindOrCreatePersonAsync(new Details(signUp), ct);
        if (!found.TryGet(out var known, out var taken)) return taken;

        var added = await writing.AddAsync(
            Authority.OfStaff, tenantId, known.Person, "admin", AdminRoles, isInvited: false, ct);
        if (added.Rejection is { } refusal) return refusal;

        await AddTrialAsync(tenantId, http, ct);
        signUp.ConfirmedAt = clock.Now;
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return null;
    }

    private async Task AddTrialAsync(long tenantId, HttpContext http, CancellationToken ct)
    {
        if (options.Value.TrialApplication is not { } slug) return;
        if (await db.Applications.SingleOrDefaultAsync(a => a.Slug == slug && a.Active, ct) is not { } application) return;

        var now = clock.Now;
        var license = new License
        {
            TenantId = tenantId,
            ApplicationId = application.Id,
            Status = LicenseStatuses.Trial,
            ActivatedAt = now,
            TrialEndsAt = now + TimeSpan.FromDays(options.Value.TrialDays),
            UserLimit = options.Value.TrialSeats,
        };
        db.Create(license, Caller.Of(http.User).Actor);
        await db.SaveChangesAsync(ct);
        var snapshot = LicenseEndpoints.Snapshot(license, application);
        await db.RecordAsync(
            new(tenantId, LicenseCreated.EventType, "license", license.Id, null, snapshot), new LicenseCreated(snapshot),
            license.Version, http, now, ct);
        changes.Of(tenantId);
    }

    private sealed record Details(SignUp SignUp) : IPersonDetails
    {
        public string Email => SignUp.Email;
        public string Name => SignUp.Name;
        public string? Locale => SignUp.Locale;
    }
}
