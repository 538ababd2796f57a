using Microsoft.Extensions.Options;

namespace Platform.Api.Fhir;

internal static class FhirModule
{
    public static IServiceCollection AddFhirModule(this IServiceCollection services) => services
        .AddScoped<BulkPublishEndpoints.Publication>()
        .AddSingleton<IValidateOptions<BookingPageOptions>, BookingPageOptionsValidator>()
        .AddOptions<BookingPageOptions>().BindConfiguration(BookingPageOptions.Section).ValidateOnStart().Services;

    public static void MapFhirModule(this ApiAreas areas)
    {
        areas.Fhir.MapBulkPublish();
        areas.Fhir.InTransactions().MapFhir();
        areas.PublicTenant.MapPublicBulkPublish();
    }
}
