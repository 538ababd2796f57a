using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Access;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Core;
using Platform.Core.Licensing;
using Platform.Core.Storage;

namespace Platform.Api.Licensing;

/// <summary>
/// The doors of the products, each behind the five layers. They answer who came in, and by which right.
/// </summary>
internal static class ProductEndpoints
{
    private static readonly string[] Products = ["tq", "pm", "billing", "reports"];

    public static void MapProducts(this RouteGroupBuilder products)
    {
        foreach (var product in Products)
        {
            var routes = products.MapGroup($"/{product}").WithTags("Products");
            routes.MapGet("/dashboard", Enter).RequireApp(product);
            routes.MapGet("/admin", Enter).RequireApp(product, UserTypes.Admin);

            Ok<AccessContextResponse> Enter(Caller caller, TenantContext tenant, HttpContext http, TimeProvider clock)
            {
                var inputs = http.Features.Get<AccessDecision>()!.Inputs; // the filter has put it there
                var license = inputs.License!;
                return TypedResults.Ok(new AccessContextResponse(
                    caller.UserId!.Value,
                    tenant.Id,
                    product,
                    inputs.Role!,
                    new(license.Id, LicenseRules.StatusAt(license, clock.Now), LicenseRules.EndOf(license)),
                    new(license.SeatsUsed, license.UserLimit, license.Available)));
            }
        }
    }
}
