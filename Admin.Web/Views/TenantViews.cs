using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Platform.Contracts.Tenants;

namespace Platform.Admin.Web.Views;

/// <summary>
/// The look at a tenant that a person has announced, in a cookie that only this application can read. It is valid for
/// that person and that tenant until it expires.
/// </summary>
public sealed class TenantViews(IDataProtectionProvider protection, TimeProvider clock)
{
    private const string CookieName = "view";

    private readonly IDataProtector _protector = protection.CreateProtector("Platform.Admin.Web.Views");

    /// <summary>The valid look of the reader at the tenant; null without one.</summary>
    public TenantView? Find(HttpContext http, long tenantId)
    {
        if (http.Request.Cookies[CookieName] is not { } text) return null;

        try
        {
            var view = JsonSerializer.Deserialize<TenantView>(_protector.Unprotect(text));
            return view?.TenantId == tenantId && view.Person == PersonOf(http.User) && view.ExpiresAt > clock.GetUtcNow()
                ? view
                : null;
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }

    public void Start(HttpContext http, ViewTenantResponse started)
    {
        var view = new TenantView(started.TenantId, PersonOf(http.User), started.Reason, started.ExpiresAt);
        http.Response.Cookies.Append(CookieName, _protector.Protect(JsonSerializer.Serialize(view)), Options(http));
    }

    public static void End(HttpContext http) => http.Response.Cookies.Delete(CookieName, Options(http));

    private static string PersonOf(ClaimsPrincipal user) => user.FindFirstValue("sub") ?? "";

    private static CookieOptions Options(HttpContext http) => new()
    {
        HttpOnly = true,
        IsEssential = true,
        SameSite = SameSiteMode.Lax,
        Secure = http.Request.IsHttps,
    };
}

/// <param name="Person">The number of the account of the person who looks.</param>
public sealed record TenantView(long TenantId, string Person, string Reason, DateTimeOffset ExpiresAt);
