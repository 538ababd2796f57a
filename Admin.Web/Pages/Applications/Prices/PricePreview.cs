using Platform.Contracts.Licensing;

namespace Platform.Admin.Web.Pages.Applications.Prices;

/// <summary>What a new price would change, before it is scheduled.</summary>
/// <param name="Current">What is in force when it begins; null for none.</param>
/// <param name="NewPrice">As text; null while nothing readable is typed.</param>
/// <param name="From">Null is now.</param>
/// <param name="Seats">How many active seats keep the price at which they were given; null if unknown.</param>
public sealed record PricePreview(PriceResponse? Current, string? NewPrice, DateTimeOffset? From, long? Seats);

/// <summary>The price that is in the way of a new one.</summary>
/// <param name="CanSupersede">It began before the new one, so it can end when the new one begins.</param>
public sealed record PriceConflict(PriceRange Existing, PriceRange Requested, PriceResponse? Price, bool CanSupersede);
