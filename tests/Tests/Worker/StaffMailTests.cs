using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Operations;
using Platform.Core.Bookings;
using Platform.Core.Clients;
using Platform.Tests.Licensing;
using Platform.Tests.Support;
using Platform.Tests.Tenants;

namespace Platform.Tests.Worker;

/// <summary>Undelivered mails, as staff and the organisation see them.</summary>
public sealed class StaffMailTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_failed_mail_is_shown_in_the_booking_and_staff_can_resend_it()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync($$"""
            insert into platform.notifications (tenant_id, event_id, kind, recipient, locale, topic, version, data, status, attempts, last_error)
            values ({{tenant.Id}}, gen_random_uuid(), 'booking.created', 'ada@example.com', 'en', '{{tenant.Id}}:booking:{{booking.Id}}', 1,
                '{ "booking": { "bookingId": {{booking.Id}} } }', 'failed', 1, '550 no such mailbox')
            """);

        using var seen = await tenant.Client.GetAsync($"/api/v1/bookings/{booking.Id}");
        var failure = Assert.Single((await seen.DataAsync<BookingResponse>()).MailFailures!);
        Assert.Equal(("booking.created", "550 no such mailbox"), (failure.Kind, failure.Reason));

        var listed = Assert.Single(await ListAsync($"status=failed&tenantId={tenant.Id}&bookingId={booking.Id}"));
        Assert.Equal(("ada@example.com", "failed", "550 no such mailbox"), (listed.Recipient, listed.Status, listed.Reason));

        var path = $"/mails/{listed.Id}/retry";
        var again = await platform.StaffAsync<MailResponse>("POST", path);
        Assert.Equal(("pending", 0, null), (again.Status, again.Attempts, again.Reason));
        Assert.Empty(await ListAsync($"status=failed&tenantId={tenant.Id}"));
        Assert.Equal(1, await platform.TenantValueAsync<long>(
            $"select count(*) from platform.audit_outbox where tenant_id = {tenant.Id} and action = 'mail.retried' and target_id = {listed.Id}"));

        using var refused = await platform.StaffAsync("POST", path);
        using var unknown = await platform.StaffAsync("POST", "/mails/999999999/retry");
        Assert.Equal((409, Codes.InvalidTransition), await refused.ProblemAsync());
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Spellings_of_one_address_are_one_client_and_an_invalid_address_is_refused()
    {
        var tenant = await platform.NewTenantAsync();

        var first = await tenant.BookedAsync(tenant.AtNoon("  Ada@Example.COM "));
        var second = await tenant.BookedAsync(tenant.AtNoon("ada@example.com") with { Start = PlatformFixture.Monday9am.AddHours(5) });
        using var refused = await tenant.BookAsync(tenant.AtNoon("maria silva@c.example"));

        Assert.Equal(first.Client!.Id, second.Client!.Id);
        Assert.Equal("ada@example.com", first.Client.Email);
        Assert.Equal((400, Codes.ValidationFailed), await refused.ProblemAsync());
    }

    [Fact]
    public async Task A_client_stops_and_resumes_reminders_by_the_link_of_a_booking()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        var token = platform.Api.Services.GetRequiredService<ManageLinks>().Of(tenant.Id, booking.Id);
        using var anybody = platform.Api.CreateClient();

        async Task<HttpStatusCode> PostAsync(string act, string link)
        {
            using var form = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]); // as mail programs do it
            using var response = await anybody.PostAsync($"/public/api/v1/{tenant.Slug}/manage/{link}/reminders/{act}", form);
            return response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.NotFound, await PostAsync("stop", "x"));
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync("stop", token));
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync("stop", token));
        Assert.False((await tenant.QueryAsync(db => db.Clients.SingleAsync(c => c.Id == booking.Client!.Id))).Reminders);
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync("resume", token));
        Assert.True((await tenant.QueryAsync(db => db.Clients.SingleAsync(c => c.Id == booking.Client!.Id))).Reminders);
        Assert.Equal(2, await platform.TenantValueAsync<long>(
            $"select count(*) from platform.audit_outbox where tenant_id = {tenant.Id} and action = 'client.changed' and actor = 'client:public'"));
    }

    private async Task<List<MailResponse>> ListAsync(string query) =>
        await platform.StaffAsync<List<MailResponse>>("GET", $"/mails?{query}");
}
