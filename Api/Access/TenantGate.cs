using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Access;

/// <summary>Marks a route as one of a tenant's own: <see cref="TenantGate"/> stands before it.</summary>
/// <param name="DecidesItself">
/// Whether tenant and user are active is for the route to say: it decides upon access, and records that.
/// </param>
/// <param name="OfKey">
/// The caller's key names the tenant; the header may be absent, since directories send none of their own.
/// </param>
public sealed record TenantScoped(bool DecidesItself = false, bool OfKey = false);

/// <summary>
/// Finds the tenant of a request before anything of it is read. The header must equal the token's tenant, unless staff
/// ask; a tenant that is not the caller's looks like one that does not exist.
/// </summary>
internal sealed class TenantGate(RequestDelegate next, TenantDirectory tenants, Members members)
{
    public async Task InvokeAsync(HttpContext context, TenantContext current, PlatformScope scope)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<TenantScoped>() is { } scoped)
        {
            var (tenant, refusal) = await EnterAsync(context, scoped, current);
            if (tenant is null)
            {
                await context.WriteAsync(refusal!);
                return;
            }

            current.Enter(tenant);
            scope.TenantId = tenant.Id;
        }

        await next(context);
    }

    private async Task<(TenantEntry? Tenant, ProblemDetails? Refusal)> EnterAsync(
        HttpContext context, TenantScoped scoped, TenantContext current)
    {
        var caller = Caller.Of(context.User);
        var header = context.Request.Headers[Headers.TenantId];
        if (header.Count == 0 && scoped.OfKey && caller.TenantId is { } ofKey) header = $"{ofKey}";
        if (header.Count == 0) return Refuse(Codes.TenantHeaderMissing, $"{Headers.TenantId} is missing.");

        var isNumber = long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var id);
        if (header.Count > 1 || !isNumber) return Refuse(Codes.TenantHeaderInvalid, $"{Headers.TenantId} is one number.");

        if (caller.TenantId != id && !caller.IsStaff) return (null, Problems.NotFound());

        var ct = context.RequestAborted;
        if (await tenants.FindAsync(id, ct) is not { } tenant) return (null, Problems.NotFound());
        if (caller is { IsStaff: true, UserId: { } staff } && !await members.IsActiveStaffAsync(staff, ct))
        {
            return Forbid(Codes.UserInactive, "The person is not active.");
        }

        if (scoped.DecidesItself) return (tenant, null);
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

            if (needed is null || await members.MayAsync(member, needed, ct)) return (tenant, null);
            if (!member.Permissions.Contains(Permissions.BookingsOwn) || !RoutePermissions.IsOwn(context, member.Own))
            {
                return Lacks(needed);
            }

            current.Own = member.Own;
        }

        return needed is not null && caller.KeyPermissions?.Split(' ').Contains(needed) is false
            ? Lacks(needed)
            : (tenant, null);

        static (TenantEntry?, ProblemDetails) Lacks(string permission) =>
            Forbid(Codes.Forbidden, $"This takes the permission {permission}.");

        static (TenantEntry?, ProblemDetails) Refuse(string code, string detail) =>
            (null, Problems.Of(StatusCodes.Status400BadRequest, code, detail));

        static (TenantEntry?, ProblemDetails) Forbid(string code, string detail) =>
            (null, Problems.Of(StatusCodes.Status403Forbidden, code, detail));
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
