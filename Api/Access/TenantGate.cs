using Microsoft.Extensions.Options;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Access;

/// <summary>Marks a route as one of a tenant's own: <see cref="TenantGate"/> checks each request to it.</summary>
/// <param name="DecidesItself">
/// Whether tenant and user are active is for the route to say: it decides upon access, and records that.
/// </param>
/// <param name="OfKey">
/// The caller's key names the tenant; the header may be absent, since directories send none of their own.
/// </param>
public sealed record TenantScoped(bool DecidesItself = false, bool OfKey = false);

/// <summary>
/// Finds the tenant of a request before anything of it is read. The header must lead to the token's tenant, unless
/// staff ask; a tenant that is not the caller's looks like one that does not exist.
/// </summary>
internal sealed class TenantGate(
    RequestDelegate next, TenantDirectory tenants, TenantHosts hosts, Members members, IOptions<TenancyOptions> options)
{
    private readonly TenancyOptions _headers = options.Value;

    public async Task InvokeAsync(HttpContext context, TenantContext current, PlatformScope scope)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<TenantScoped>() is { } scoped)
        {
            if (!(await EnterAsync(context, scoped, current)).TryGet(out var tenant, out var refusal))
            {
                await context.WriteAsync(refusal.ToProblem().ProblemDetails);
                return;
            }

            current.Enter(tenant);
            scope.Current = Scope.Tenant(tenant.Id);
        }

        await next(context);
    }

    private async Task<Result<TenantEntry>> EnterAsync(
        HttpContext context, TenantScoped scoped, TenantContext current)
    {
        var caller = Caller.Of(context.User);
        var ct = context.RequestAborted;
        var named = await NamedAsync(context.Request.Headers, scoped.OfKey ? caller.TenantId : null, ct);
        if (!named.TryGet(out var id, out var unnamed)) return unnamed;
        if (caller.TenantId != id && !caller.IsStaff) return Rejection.NotFound;

        if (await tenants.FindAsync(id, ct) is not { } tenant) return Rejection.NotFound;
        if (caller is { IsStaff: true, UserId: { } staff } && !await members.IsActiveStaffAsync(staff, ct))
        {
            return Forbid(Codes.UserInactive, "The person is not active.");
        }

        if (scoped.DecidesItself) return tenant;
        if (!tenant.IsBuilt || (!tenant.IsActive && !caller.IsStaff)) // without tables there is nothing for staff, either
        {
            return Forbid(Codes.TenantInactive, "The tenant is not active.");
        }

        var needed = RoutePermissions.NeededFor(context.Request, caller.IsKey);
        if (caller is { IsStaff: false, UserId: { } user })
        {
            if (await members.FindAsync(user, id, ct) is not { } member)
            {
                return Forbid(Codes.UserInactive, "The user is no active member of the tenant.");
            }

            if (needed is null || await members.MayAsync(member, needed, ct)) return tenant;
            if (!member.Permissions.Contains(Permissions.BookingsOwn) || !RoutePermissions.IsOwn(context, member.Own))
            {
                return Lacks(needed);
            }

            current.Own = member.Own;
        }

        return needed is not null && caller.KeyPermissions?.Split(' ').Contains(needed) is false
            ? Lacks(needed)
            : tenant;

        static Rejection Lacks(string permission) =>
            Forbid(Codes.Forbidden, $"The permission {permission} is required.");

        static Rejection Forbid(string code, string detail) => new(RejectionKind.Forbidden, code, detail);
    }

    /// <summary>The tenant that the headers name; both may be there if they name the same.</summary>
    /// <param name="ofKey">Whose the request is where no header says.</param>
    private async ValueTask<Result<long>> NamedAsync(
        IHeaderDictionary headers, long? ofKey, CancellationToken ct)
    {
        var (ids, domains) = (headers[_headers.IdHeader], headers[_headers.DomainHeader]);
        if (ids.Count == 0 && domains.Count == 0)
        {
            return ofKey is { } tenant ? tenant : Malformed(
                Codes.TenantHeaderMissing, $"{_headers.IdHeader} or {_headers.DomainHeader} is required.");
        }

        var id = 0L;
        if (ids.Count > 1 || (ids.Count == 1 && !PlainNumber.TryParse(ids, out id)))
        {
            return Malformed(Codes.TenantHeaderInvalid, $"{_headers.IdHeader} must be one positive whole number.");
        }

        if (domains.Count == 0) return id;
        if (domains.Count > 1 || string.IsNullOrWhiteSpace(domains))
        {
            return Malformed(Codes.TenantHeaderInvalid, $"{_headers.DomainHeader} must be one host name or slug.");
        }

        var domain = domains.ToString();
        var found = domain.Contains('.', StringComparison.Ordinal)
            ? await hosts.FindAsync(domain, ct)
            : await tenants.FindAsync(domain, ct);
        return found is null || (ids.Count == 1 && found.Id != id) ? Rejection.NotFound : found.Id;

        static Rejection Malformed(string code, string detail) => new(RejectionKind.Malformed, code, detail);
    }
}

internal static class TenantEntrance
{
    extension(TenantContext current)
    {
        public void Enter(TenantEntry tenant)
        {
            current.Id = tenant.Id;
            current.Name = tenant.Name;
            current.TimeZone = tenant.TimeZone;
            current.Locale = tenant.Locale;
        }
    }
}
