using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Hub.Web.Bookings;
using Platform.Hub.Web.Calendar;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Portal;

/// <summary>Today at a glance, the reader's applications and, for administrators, what the organisation may use.</summary>
public sealed class IndexModel(HubApi api, TimeProvider clock) : HubPage(api)
{
    private const int Shown = 8;

    private static readonly string[] Gone = [BookingStatuses.Cancelled, BookingStatuses.Rejected, BookingStatuses.Expired];

    /// <summary>Of today, without those that do not take place.</summary>
    public IReadOnlyList<BookingResponse> Today { get; private set; } = [];

    /// <summary>The next ones: of today, else later ones.</summary>
    public IReadOnlyList<BookingResponse> Upcoming { get; private set; } = [];

    public IReadOnlyList<FreeGap> Gaps { get; private set; } = [];

    /// <summary>Requests that wait for a decision.</summary>
    public long Pending { get; private set; }

    /// <summary>Bookings that no longer fit; at most this many are counted.</summary>
    public int Attention { get; private set; }

    public IReadOnlyList<MyApplication> Applications { get; private set; } = [];

    /// <summary>Only for administrators.</summary>
    public IReadOnlyList<EntitlementResponse> Entitlements { get; private set; } = [];

    public DateTimeOffset Now => clock.GetUtcNow();

    public string FirstName => Me.Name.Split(' ')[0];

    public string ZoneName => Zone.NameAt(Now);

    public int Arrived => Today.Count(b => b.Status is BookingStatuses.CheckedIn or BookingStatuses.Completed);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var (now, today) = (Now, Zone.DayOf(Now));
        var asksApplications = Api.MyApplicationsAsync(ct);
        var asksEntitlements = Me.UserType == UserTypes.Admin ? Api.EntitlementsAsync(ct) : null;
        var day = new BookingListFilter(Zone.StartOf(today), Zone.StartOf(today.AddDays(1)));
        var bookings = await Api.AllBookingsAsync(day, ct);
        if (!bookings.Ok) return bookings.Problem.ToPage();

        Today = [.. bookings.Data.Where(b => !Gone.Contains(b.Status))];
        Upcoming = [.. Today.Where(b => b.End > now).Take(Shown)];
        if (Upcoming.Count == 0)
        {
            Upcoming = (await Api.BookingsAsync(new(From: now, Status: BookingStatuses.Confirmed, Size: 5), ct)).Data ?? [];
        }

        if (May(Permissions.BookingsRead)) await LoadDayAsync(today, ct);
        Applications = (await asksApplications).Data ?? [];
        if (asksEntitlements is not null)
        {
            Entitlements = [.. ((await asksEntitlements).Data ?? []).Where(e => e.Users is not null)];
        }

        return Page();
    }

    private async Task LoadDayAsync(DateOnly today, CancellationToken ct)
    {
        var asksPending = Api.BookingsAsync(new(From: Now, Status: BookingStatuses.Pending, Page: 1, Size: 1), ct);
        var (asksAttention, asksOpenings) = (Api.AttentionAsync(null, 50, ct), Api.OpeningsAsync(today, today.AddDays(1), ct));
        var asksResources = Api.ResourcesAsync(ct);

        Pending = (await asksPending).Page?.Total ?? 0;
        Attention = (await asksAttention).Data?.Count ?? 0;
        var (openings, resources) = ((await asksOpenings).Data ?? [], (await asksResources).Data ?? []);
        Gaps = FreeGaps.Of(openings, Today, resources, Now);
    }
}
