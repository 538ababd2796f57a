using Platform.Contracts.Tenants;
using Platform.Stack.Support;

namespace Platform.Stack;

/// <summary>The main job, as people do it: sign in, book, get the mail, see it at the dashboard.</summary>
public sealed class BookingJourneyTests(StackFixture stack)
{
    private static readonly DemoUser Ana = DemoTenants.Clinic.Users[0];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_booking_travels_from_the_page_to_the_inbox_and_the_dashboard()
    {
        const string Address = "maria.journey@example.com";
        await using var ana = await stack.NewPersonAsync();
        await ana.SignInAsync(stack.Hub, Ana);

        var booking = await ana.BookAsync("Consulta", "Maria da Conceição", Address);

        var mail = await stack.Mailbox.MailToAsync(Address, Ct);
        Assert.Contains("Consulta", mail.Subject + mail.Text, StringComparison.Ordinal);
        Assert.Contains("Clínica Aurora", mail.Subject + mail.Text, StringComparison.Ordinal);

        await using var sofia = await stack.NewPersonAsync("en");
        await sofia.SignInAsync(stack.Admin, DemoTenants.Staff);
        var dashboard = await sofia.Page.Locator("main").InnerTextAsync();
        Assert.Contains("Clínica Aurora", dashboard, StringComparison.Ordinal);
        Assert.Contains("booking.created", dashboard, StringComparison.Ordinal);
        Assert.Contains($"{booking}", dashboard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_people_cannot_both_book_the_same_hour()
    {
        await using var ana = await stack.NewPersonAsync();
        await using var bruno = await stack.NewPersonAsync();
        await ana.SignInAsync(stack.Hub, Ana);
        await bruno.SignInAsync(stack.Hub, DemoTenants.Clinic.Users[1]);

        // Both look at the details of one and the same slot, with one and the same doctor.
        foreach (var person in (Person[])[ana, bruno]) await person.ChooseSlotAsync("Consulta", last: true);

        await ana.ConfirmAsync("First", "first@example.com");
        await bruno.Page.FillAsync("[name='Input.Name']", "Second Person");
        await bruno.Page.FillAsync("[name='Input.Email']", "second@example.com");
        await bruno.Page.Locator("main form button[type=submit]").Last.ClickAsync();

        // Bruno sees the conflict, keeps what he typed, and is offered other times.
        await bruno.Page.Locator("[role=alert]").WaitForAsync();
        Assert.Equal("Second Person", await bruno.Page.InputValueAsync("[name='Input.Name']"));
        Assert.NotEqual(0, await bruno.Page.Locator("input[type=radio][name='Input.Start']").CountAsync());
    }

    [Fact]
    public async Task Signing_out_in_one_tab_ends_the_session_in_all()
    {
        await using var ana = await stack.NewPersonAsync();
        await ana.SignInAsync(stack.Hub, Ana);
        var other = await ana.Page.Context.NewPageAsync();
        await other.GotoAsync(stack.Hub.ToString());
        Assert.StartsWith(stack.Hub.ToString(), other.Url, StringComparison.Ordinal);

        await ana.Page.Locator("form[action='/signout'] button").First.ClickAsync();
        await ana.Page.WaitForURLAsync(url => !url.StartsWith(stack.Hub.ToString(), StringComparison.Ordinal) || url.Contains("signed", StringComparison.OrdinalIgnoreCase));

        await other.GotoAsync(stack.Hub.ToString());
        Assert.StartsWith(stack.Identity.ToString(), other.Url, StringComparison.Ordinal);
    }
}
