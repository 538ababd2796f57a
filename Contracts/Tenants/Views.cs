using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.Tenants;

/// <summary><c>POST /internal/api/v1/tenants/{id}/view</c>: staff are about to look at what the tenant sees.</summary>
/// <param name="Reason">The tenant reads it in its audit; without names of clients.</param>
/// <param name="Minutes">How long the look lasts.</param>
public sealed record ViewTenantRequest(
    [property: FreeText, Required, StringLength(500)] string Reason,
    [property: Range(1, ViewTenantRequest.MaxMinutes)] int Minutes = 30)
{
    /// <summary>A longer look has to be announced again.</summary>
    public const int MaxMinutes = 60;
}

/// <summary>The look that was announced.</summary>
/// <param name="StartedAt">UTC.</param>
/// <param name="ExpiresAt">UTC, exclusive.</param>
public sealed record ViewTenantResponse(long TenantId, string Reason, DateTimeOffset StartedAt, DateTimeOffset ExpiresAt);
