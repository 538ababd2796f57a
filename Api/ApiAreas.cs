namespace Platform.Api;

/// <summary>The areas of the API. Every route is in one of them.</summary>
internal sealed class ApiAreas
{
    public ApiAreas(WebApplication app)
    {
        Services = app.MapServiceArea();
        Staff = app.MapDirectStaffArea();
        StaffInTransactions = app.MapStaffArea();
        Products = app.MapProductArea();
        Tenant = app.MapTenantArea();
        TenantInTransactions = Tenant.InTransactions();
        Fhir = app.MapFhirArea();
        Scim = app.MapScimArea();
        Public = app.MapPublicArea();
        PublicTenant = Public.OfSlug();
        PublicTenantInTransactions = PublicTenant.InTransactions();
    }

    /// <summary>For our own processes.</summary>
    public RouteGroupBuilder Services { get; }

    /// <summary>For platform staff. Routes open transactions of their own.</summary>
    public RouteGroupBuilder Staff { get; }

    /// <summary>For platform staff. Each route runs in one transaction that sees every tenant.</summary>
    public RouteGroupBuilder StaffInTransactions { get; }

    /// <summary>For the products, which ask whether a person may use them.</summary>
    public RouteGroupBuilder Products { get; }

    /// <summary>For users of a tenant. Routes open transactions of their own.</summary>
    public RouteGroupBuilder Tenant { get; }

    /// <summary>For users of a tenant. Each route runs in one transaction of the tenant.</summary>
    public RouteGroupBuilder TenantInTransactions { get; }

    public RouteGroupBuilder Fhir { get; }

    public RouteGroupBuilder Scim { get; }

    /// <summary>For everybody.</summary>
    public RouteGroupBuilder Public { get; }

    /// <summary>For everybody; the URL names the tenant. Routes open transactions of their own.</summary>
    public RouteGroupBuilder PublicTenant { get; }

    /// <summary>For everybody; the URL names the tenant. Each route runs in one transaction of the tenant.</summary>
    public RouteGroupBuilder PublicTenantInTransactions { get; }
}
