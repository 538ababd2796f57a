using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Bookings;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Portal.Bookings;

public sealed class IndexModel(HubApi api, TimeProvider clock) : HubPage(api)
{
    /// <summary>What the tabs show; the first is left out of the address.</summary>
    public static readonly IReadOnlyList<string> Views = ["upcoming", "past", "all"];

    public string View { get; private set; } = Views[0];

    public IReadOnlyList<BookingResponse> Bookings { get; private set; } = [];

    public string? Next { get; private set; }

    public bool IsFirstPage { get; private set; }

    public string ZoneName => Zone.NameAt(clock.GetUtcNow());

    public async Task<IActionResult> OnGetAsync(string? view, string? cursor, CancellationToken ct)
    {
        View = Views.Contains(view) ? view! : Views[0];
        IsFirstPage = cursor is null;

        var now = clock.GetUtcNow();
        var bookings = await Api.BookingsAsync(
            new(From: View == "upcoming" ? now : null, To: View == "past" ? now : null, Cursor: cursor), ct);
        if (!bookings.Ok) return bookings.Problem.ToPage();

        Bookings = bookings.Data;
        Next = bookings.Page?.Next;
        return Page();
    }
}
