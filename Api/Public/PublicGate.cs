using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Public;

/// <summary>Marks a route whose path names the tenant: <see cref="PublicGate"/> checks each request to it.</summary>
internal sealed class SlugScoped;

/// <summary>Finds the tenant of a public page by its slug.</summary>
internal sealed class PublicGate(RequestDelegate next, TenantDirectory tenants)
{
    public async Task InvokeAsync(HttpContext context, TenantContext current, PlatformScope scope)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<SlugScoped>() is not null)
        {
            var slug = (string)context.Request.RouteValues["slug"]!;
            if (await tenants.FindAsync(slug, context.RequestAborted) is not { IsActive: true } tenant)
            {
                await context.WriteAsync(Problems.NotFound());
                return;
            }

            current.Enter(tenant);
            scope.Current = Scope.Tenant(tenant.Id);
        }

        await next(context);
    }
}
