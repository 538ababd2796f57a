using Platform.Tests.Support;

namespace Platform.Tests.Fhir;

/// <summary>Searches.</summary>
public sealed partial class FhirTests
{
    [Theory]
    [InlineData("date=ge2026-03-02T12:00:00Z", 1)]
    [InlineData("date=gt2026-03-02T12:00:00Z", 0)]
    [InlineData("date=le2026-03-02T12:00:00Z", 1)]
    [InlineData("date=lt2026-03-02T12:00:00Z", 0)]
    [InlineData("date=2026-03", 1)]
    [InlineData("date=2026", 1)]
    [InlineData("date=gt2026", 0)]
    [InlineData("date=2026-03-02T14:00:00%2B02:00", 1)]
    public async Task A_date_is_searched_for_as_precisely_as_it_is_written(string query, int count)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());

        Assert.Equal(count, Ids(await GetAsync(tenant, $"Appointment?{query}")).Count);
    }

    [Fact]
    public async Task Slots_include_free_and_booked_times()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        var day = $"Slot?schedule=Schedule/{tenant.DoctorId}&start=ge2026-03-02&start=lt2026-03-03";

        var free = await GetAsync(tenant, $"{day}&status=free");
        var busy = await GetAsync(tenant, $"{day}&status=busy");
        var first = await GetAsync(tenant, $"{day}&_count=5");
        var rest = await ReadAsync(tenant, new Uri(first.GetProperty("link")[1].GetProperty("url").GetString()!).PathAndQuery);

        Assert.Equal(7, Ids(free).Count); // eight hours, one of which is taken
        var taken = Assert.Single(busy.GetProperty("entry").EnumerateArray()).GetProperty("resource");
        Assert.Equal($"{tenant.ServiceId}-{tenant.DoctorId}-{PlatformFixture.Monday9am.AddHours(3).ToUnixTimeSeconds()}", taken.GetProperty("id").GetString());
        Assert.Equal($"Schedule/{tenant.DoctorId}", taken.GetProperty("schedule").GetProperty("reference").GetString());
        Assert.Equal("busy", (await GetAsync(tenant, $"Slot/{taken.GetProperty("id").GetString()}")).GetProperty("status").GetString());
        Assert.Equal("free", (await GetAsync(tenant, $"Slot/{Ids(free)[0]}")).GetProperty("status").GetString());
        Assert.Equal(8, Ids(first).Concat(Ids(rest)).Distinct().Count());
    }

    [Theory]
    [InlineData("patient:identifier=urn:platform:client|{client}", true)]
    [InlineData("patient:identifier={client}", true)]
    [InlineData("patient:identifier=urn:platform:client|", true)]
    [InlineData("patient:identifier=urn:platform:client|{client},urn:platform:client|0", true)]
    [InlineData("patient:identifier=urn:platform:client|{client}&patient:identifier=0", false)]
    [InlineData("patient:identifier=urn:platform:client|0", false)]
    [InlineData("patient:identifier=urn:other|{client}", false)]
    [InlineData("patient:identifier=|{client}", false)]
    [InlineData("patient=Patient/{client}&patient=Patient/0", false)]
    [InlineData("patient=Patient/x", false)]
    [InlineData("actor:identifier=urn:platform:resource|{doctor}", true)]
    [InlineData("actor:identifier=urn:platform:client|{client}", true)]
    [InlineData("actor:identifier=urn:platform:resource|0", false)]
    [InlineData("identifier=urn:platform:booking-uid|{uid}", true)]
    [InlineData("identifier={uid}", true)]
    [InlineData("identifier=urn:platform:client|{uid}", false)]
    [InlineData("service-type=urn:platform:service|{service}", true)]
    [InlineData("service-type=0", false)]
    [InlineData("status=http://hl7.org/fhir/appointmentstatus|booked", true)]
    [InlineData("status=urn:other|booked", false)]
    [InlineData("status=pending,booked", true)]
    [InlineData("status=pending&status=booked", false)]
    [InlineData("_lastUpdated=ge2026-03-02&_format=json&_pretty=true", true)]
    [InlineData("_lastUpdated=lt2026-03-02", false)]
    public async Task An_appointment_is_found_by_what_identifies_it_and_by_nothing_else(string query, bool isFound)
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        query = query.Replace("{client}", $"{booking.Client!.Id}").Replace("{doctor}", $"{tenant.DoctorId}")
            .Replace("{uid}", booking.Uid).Replace("{service}", $"{tenant.ServiceId}");

        Assert.Equal(isFound ? [$"{booking.Id}"] : [], Ids(await GetAsync(tenant, $"Appointment?{query}")));
    }

    [Fact]
    public async Task Lenient_handling_drops_unknown_parameters_from_the_link_and_refuses_unknown_modifiers()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        tenant.Client.DefaultRequestHeaders.Add("Prefer", "return=representation, handling=lenient");

        var found = await GetAsync(tenant, "Appointment?colour=red&status=booked&_include=x&patient=");
        await RefusedAsync(tenant, "Appointment?patient:missing=true", 400, "invalid");

        Assert.Equal([$"{booking.Id}"], Ids(found));
        Assert.EndsWith("/fhir/r4/Appointment?status=booked", found.GetProperty("link")[0].GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Appointment?_sort=date", "9 10 11")]
    [InlineData("Appointment?_sort=-date", "11 10 9")]
    [InlineData("Appointment?_sort=_id", "11 10 9")]
    [InlineData("Appointment?_sort=-_id", "9 10 11")]
    [InlineData("Appointment?_sort=-_lastUpdated", "9 10 11")]
    [InlineData("Slot?schedule={doctor}&status=busy&_sort=-start", "11 10 9")]
    [InlineData("Appointment?_sort=_lastUpdated,date", "9 10 11")]
    [InlineData("Appointment?_sort=_lastUpdated,-date", "11 10 9")]
    [InlineData("Appointment?_sort=-_lastUpdated,-_id,date", "9 10 11")]
    [InlineData("Slot?schedule={doctor}&status=busy&_sort=schedule,-start", "11 10 9")]
    [InlineData("Slot?schedule={doctor}&status=busy&_sort=-schedule,start", "9 10 11")]
    public async Task Pages_follow_the_requested_order(string search, string hours)
    {
        var tenant = await platform.NewTenantAsync();
        foreach (var hour in (int[])[11, 10, 9])
        {
            await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddHours(hour - 9) });
        }

        List<string> starts = [];
        var next = $"{Fhir}/{search.Replace("{doctor}", $"{tenant.DoctorId}")}&_count=1";
        while (next is not null)
        {
            var page = await ReadAsync(tenant, next);
            starts.AddRange(Entries(page).Select(entry => entry.GetProperty("resource").GetProperty("start").GetString()![11..13]));
            next = page.GetProperty("link").EnumerateArray()
                .Where(link => link.GetProperty("relation").GetString() == "next")
                .Select(link => new Uri(link.GetProperty("url").GetString()!).PathAndQuery).SingleOrDefault();
        }

        Assert.Equal(hours, string.Join(' ', starts.Select(start => start.TrimStart('0'))));
    }

    [Theory]
    [InlineData("status=busy&_lastUpdated=ge2026-03-02", 1)]
    [InlineData("status=busy&_lastUpdated=lt2026-03-02", 0)]
    [InlineData("status=free&_lastUpdated=ge2026-03-02", 7)]
    [InlineData("status=free&_lastUpdated=lt2026-03-02", 0)]
    public async Task Slots_are_found_by_when_they_changed(string question, int count)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());

        var found = await GetAsync(
            tenant, $"Slot?schedule={tenant.DoctorId}&start=2026-03-02&{question}");

        var slots = found.TryGetProperty("entry", out var entries) ? entries.EnumerateArray().ToList() : [];
        Assert.Equal(count, slots.Count);
        Assert.All(slots, slot => Assert.Equal(
            "2026-03-02T09:00:00Z", slot.GetProperty("resource").GetProperty("meta").GetProperty("lastUpdated").GetString()));
    }
}
