using Microsoft.AspNetCore.Mvc;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Api.Public;
using Platform.Api.Scim;
using Platform.Contracts;

namespace Platform.Api;

/// <summary>How the areas of the API are made, with what each requires of a request.</summary>
internal static class Areas
{
    public const string Global = "global";
    public const string Tenant = "tenant";
    public const string Public = "public";

    extension(IEndpointRouteBuilder app)
    {
        /// <summary><c>/internal/api/v1</c>: platform staff, who see every tenant.</summary>
        public RouteGroupBuilder MapStaffArea() =>
            app.MapDirectStaffArea().AddEndpointFilter<RouteGroupBuilder, StaffTransaction>();

        /// <summary>The same for routes that have a transaction of their own, in fewer round trips.</summary>
        public RouteGroupBuilder MapDirectStaffArea() => app.MapArea("/internal/api/v1", Global)
            .RequireStaff().AddEndpointFilter<RouteGroupBuilder, StaffGate>();

        /// <summary>
        /// <c>/internal/api/v1 </c> for the products: members of a tenant, who may use an application there.
        /// </summary>
        public RouteGroupBuilder MapProductArea() => app.MapArea("/internal/api/v1", Global)
            .RequireScope(Scopes.Licensing, Scopes.Platform)
            .WithMetadata(new TenantScoped(DecidesItself: true));

        /// <summary><c>/internal/api/v1</c> for our own processes: each route names the scope it needs.</summary>
        public RouteGroupBuilder MapServiceArea() => app.MapArea("/internal/api/v1", Global);

        /// <summary><c>/api/v1</c>: a tenant's users. Each route names the scope it needs.</summary>
        public RouteGroupBuilder MapTenantArea() =>
            app.MapArea("/api/v1", Tenant).RequireAuthorization().WithMetadata(new TenantScoped());

        /// <summary><c>/fhir/r4</c>: the same people in the shapes of FHIR, without an envelope.</summary>
        public RouteGroupBuilder MapFhirArea() => app.MapGroup("/fhir/r4").ExcludeFromDescription()
            .RequireAuthorization().WithMetadata(new TenantScoped())
            .AddEndpointFilterFactory(RequestValidation.Create);

        /// <summary><c>/scim/v2</c>: a tenant's directory, by a key of that tenant, in the shapes of SCIM.</summary>
        public RouteGroupBuilder MapScimArea() => app.MapGroup("/scim/v2").ExcludeFromDescription()
            .RequireScope(Scopes.Scim).WithMetadata(new TenantScoped(OfKey: true))
            .WithMetadata(new RequestSizeLimitAttribute(ScimEndpoints.MaxBytes))
            .AddEndpointFilter<RouteGroupBuilder, ScimProblems>();

        /// <summary><c>/public/api/v1</c>: anybody.</summary>
        public RouteGroupBuilder MapPublicArea() =>
            app.MapArea("/public/api/v1", Public).AllowAnonymous().WithMetadata(new LimitedByAddress());

        private RouteGroupBuilder MapArea(string prefix, string document) => app.MapGroup(prefix)
            .WithGroupName(document)
            .WithQueryRules()
            .AddEndpointFilter<RouteGroupBuilder, EnvelopeFilter>()
            .AddEndpointFilterFactory(RequestValidation.Create);
    }

    extension(RouteGroupBuilder area)
    {
        /// <summary>Each endpoint runs in one transaction of the tenant.</summary>
        public RouteGroupBuilder InTransactions() => area.MapGroup("").AddEndpointFilter<RouteGroupBuilder, TenantTransaction>();

        /// <summary>Each endpoint runs in one transaction of <c>platformdb</c>, as the tenant.</summary>
        public RouteGroupBuilder InPlatformTransactions() =>
            area.MapGroup("").AddEndpointFilter<RouteGroupBuilder, PlatformTransaction>();

        /// <summary>The routes whose address names the tenant.</summary>
        public RouteGroupBuilder OfSlug() => area.MapGroup("/{slug}").WithMetadata(new SlugScoped());
    }
}
