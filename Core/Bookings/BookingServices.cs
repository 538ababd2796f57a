using Microsoft.Extensions.DependencyInjection;
using Platform.Core.Bookings.Imports;
using Platform.Core.Bookings.Series;
using Platform.Core.Bookings.Slots;
using Platform.Core.Bookings.Waitlists;

namespace Platform.Core.Bookings;

public static class BookingServices
{
    public static IServiceCollection AddBookings(this IServiceCollection services) => services
        .AddSingleton<CatalogueCache>()
        .AddScoped<SlotQuery>()
        .AddScoped<CreateBooking>()
        .AddScoped<ChangeBooking>()
        .AddScoped<MoveBooking>()
        .AddScoped<Holds>()
        .AddScoped<CreateSeries>()
        .AddScoped<ChangeSeries>()
        .AddScoped<ExtendSeries>()
        .AddScoped<Waitlist>()
        .AddScoped<WaitlistOffers>()
        .AddScoped<RecheckWaitlist>()
        .AddScoped<ImportBookings>()
        .AddScoped<UpdateImported>()
        .AddScoped<AttentionQuery>();
}
