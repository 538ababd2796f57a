using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Core.Tenants;

namespace Platform.Api.Access;

/// <summary>How a request says which tenant it is about.</summary>
internal sealed class TenancyOptions
{
    public const string Section = "Tenancy";

    private const string HeaderName = "^[A-Za-z][A-Za-z0-9-]{0,62}$";

    /// <summary>The header with the number of the tenant. The web apps read the same key.</summary>
    [Required, RegularExpression(HeaderName)]
    public string IdHeader { get; init; } = Headers.TenantId;

    /// <summary>The header with a host name of the tenant, or its slug.</summary>
    [Required, RegularExpression(HeaderName)]
    public string DomainHeader { get; init; } = Headers.TenantDomain;

    /// <summary>
    /// In lower case. Below it every tenant has a host: its slug, a dot and this. Without it none has.
    /// </summary>
    [RegularExpression(TenantPatterns.Host)]
    public string? BaseDomain { get; init; }
}

[OptionsValidator]
internal sealed partial class TenancyOptionsValidator : IValidateOptions<TenancyOptions>;

/// <summary>Whose a host name is: a tenant's own domain, or a slug below the domain of the platform.</summary>
internal sealed class TenantHosts(TenantDirectory tenants, IOptions<TenancyOptions> options)
{
    public async ValueTask<TenantEntry?> FindAsync(string text, CancellationToken ct)
    {
        if (HostNames.Canonical(text) is not { } host) return null;

        var suffix = $".{options.Value.BaseDomain}";
        return options.Value.BaseDomain is not null && host.EndsWith(suffix, StringComparison.Ordinal)
            && await tenants.FindAsync(host[..^suffix.Length], ct) is { } ofSlug
                ? ofSlug
                : await tenants.FindByHostAsync(host, ct);
    }
}
