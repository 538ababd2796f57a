using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Identity.Clients;

namespace Platform.Identity.People;

internal enum AdmissionRejection
{
    /// <summary>The client is for platform staff, and this account is not.</summary>
    StaffOnly,

    /// <summary>The client works in a tenant, and the person is a member of none.</summary>
    NoTenant,

    /// <summary>The person is not a member of the tenant that was asked for, or it does not exist.</summary>
    OtherTenant,

    /// <summary>The person's organisation requires sign-in at its own provider.</summary>
    SingleSignOnOnly,
}

/// <summary>Who may enter which application, in which tenant.</summary>
/// <param name="Rejection">Null if the person may enter.</param>
internal sealed record Admission(AdmissionRejection? Rejection, PersonTenant? Tenant)
{
    /// <summary>Whether the question needs to know the person's tenants.</summary>
    public static bool DependsOnTenants(OAuthClient? client, string? wanted) =>
        wanted is not null || client?.IsForStaff is not true;

    /// <param name="person">Null if the question did not depend on it.</param>
    /// <param name="wanted">The tenant asked for, by slug or number.</param>
    public static Admission Of(Account account, PersonContext? person, OAuthClient? client, string? wanted)
    {
        if (client?.IsForStaff is true && account.PlatformRole is null) return new(AdmissionRejection.StaffOnly, null);

        var tenant = person is null ? null : TenantChoice.Choose(person, wanted);

        return tenant is not null || (wanted is null && account.PlatformRole is not null)
            ? new(null, tenant)
            : new(wanted is null ? AdmissionRejection.NoTenant : AdmissionRejection.OtherTenant, null);
    }
}
