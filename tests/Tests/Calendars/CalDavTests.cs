using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Npgsql;
using Platform.Contracts.Calendars;
using Platform.Core.ICalendar;
using Platform.Tests.Bookings;
using Platform.Tests.Support;
using Platform.Tests.Worker;
using Platform.Worker.Calendars;
using Platform.Worker.Streams;
using static Platform.Tests.Calendars.OutsideWorld;

namespace Platform.Tests.Calendars;

/// <summary>With Radicale, a CalDAV server of Debian.</summary>
[Collection(UsesOutsideWorld.Name)]
public sealed class CalDavTests(OutsideWorld world)
{
    private const int Attempts = 5;

    private const string Program = "/usr/bin/radicale";
    private static readonly DateTimeOffset Noon = PlatformFixture.Monday9am.AddHours(3);

    [Fact]
    public async Task Events_of_the_server_are_busy_times_and_bookings_are_written_moved_and_removed()
    {
        Assert.SkipUnless(File.Exists(Program), "Debian's package radicale is not installed.");
        await using var server = await Radicale.StartAsync();
        var tenant = await world.Platform.NewTenantAsync();
        var early = await tenant.BookedAsync(tenant.AtNoon("early@x.org") with { Start = Noon.AddHours(-3) });
        await server.PutAsync("dentist", Calendar("1400", "1500", uid: "dentist"));

        // Read: what is there is busy; what we have is written.
        var calendar = await OutsideWorld.ConnectAsync(
            tenant, new CreateOutsideCalendarRequest("Work", server.Calendar, CalendarKinds.CalDav, "ana", "secret: ü"));
        await world.PollAsync();
        if ((await OutsideWorld.ReadAsync(tenant, calendar)).LastError is not null) await PollNowAsync(tenant, calendar);
        await WriteAsync(tenant);
        var connected = await OutsideWorld.ReadAsync(tenant, calendar);
        Assert.Equal((null, 1, 0, 0), (connected.LastError?.Code, connected.BusyTimes, connected.PendingBookings, connected.FailedBookings));
        Assert.Equal(server.Calendar, connected.Url);
        Assert.Equal([early.Uid, "dentist"], (await server.EventsAsync()).Select(e => e.Uid).Order(StringComparer.Ordinal));

        // Write: created, moved, changed by somebody, cancelled; also when it was done before and the note was lost.
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await HandleAsync(tenant, booking.Id, 1, "booking.created");
        await WriteAsync(tenant);
        var written = (await server.EventsAsync()).Single(e => e.Uid == booking.Uid);
        Assert.Equal((booking.Start, booking.End, "Visit", null), (written.Start, written.End, written.Summary, written.Organizer));
        await tenant.ExecuteAsync($"update platform.calendar_writes set etag = null, written_version = null where booking_id = {booking.Id} and tenant_id = {tenant.Id}");
        using var moved = await tenant.SendAsync(
            "POST", $"/bookings/{booking.Id}/reschedule", """{ "start": "2026-03-02T15:00:00Z" }""");
        Assert.Equal(200, (int)moved.StatusCode);
        await HandleAsync(tenant, booking.Id, 2, "booking.rescheduled");
        await HandleAsync(tenant, booking.Id, 1, "booking.created"); // again, and late
        await WriteAsync(tenant);
        Assert.Equal(Noon.AddHours(3), (await server.EventsAsync()).Single(e => e.Uid == booking.Uid).Start);
        await server.PutAsync(booking.Uid, Calendar("0000", "0100", uid: booking.Uid)); // somebody drags it away
        using var noted = await tenant.SendAsync("PATCH", $"/bookings/{booking.Id}", """{ "note": "x" }""");
        await HandleAsync(tenant, booking.Id, 3, "booking.updated");
        await WriteAsync(tenant);
        Assert.Equal(Noon.AddHours(3), (await server.EventsAsync()).Single(e => e.Uid == booking.Uid).Start);

        // Our own entries are no busy times, whatever became of the booking.
        var read = await PollNowAsync(tenant, calendar);
        Assert.Equal(1, read.BusyTimes);
        using var cancelled = await tenant.SendAsync("POST", $"/bookings/{booking.Id}/cancel", "{}");
        Assert.Contains("02 15:00", await tenant.StartsAsync());
        Assert.Equal(1, (await PollNowAsync(tenant, calendar)).BusyTimes); // still there
        await HandleAsync(tenant, booking.Id, 4, "booking.cancelled");
        await WriteAsync(tenant);
        Assert.Equal([early.Uid, "dentist"], (await server.EventsAsync()).Select(e => e.Uid).Order(StringComparer.Ordinal));

        // Nothing has changed since: only asked. What changes is read.
        await server.DeleteAsync("dentist");
        Assert.Equal(0, (await PollNowAsync(tenant, calendar)).BusyTimes);
        Assert.Contains("02 14:00", await tenant.StartsAsync());
    }

    [Fact]
    public async Task A_wrong_password_and_a_URL_that_is_not_a_calendar_have_different_errors()
    {
        Assert.SkipUnless(File.Exists(Program), "Debian's package radicale is not installed.");
        await using var server = await Radicale.StartAsync();
        var tenant = await world.Platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());

        var wrong = await OutsideWorld.ConnectAsync(
            tenant, new CreateOutsideCalendarRequest("Wrong", server.Calendar, CalendarKinds.CalDav, "ana", "guess"));
        var folder = await OutsideWorld.ConnectAsync(
            tenant, new CreateOutsideCalendarRequest("Folder", server.Root, CalendarKinds.CalDav, "ana", "secret: ü"));
        await world.PollAsync();
        await WriteAsync(tenant);

        var refused = await OutsideWorld.ReadAsync(tenant, wrong);
        Assert.Equal((CalendarProblems.Unauthorized, 401), (refused.LastError?.Code, refused.LastError?.Status));
        Assert.Equal((0, 1), (refused.PendingBookings, refused.FailedBookings));
        Assert.Equal(CalendarProblems.NotACalendar, (await OutsideWorld.ReadAsync(tenant, folder)).LastError?.Code);
        Assert.DoesNotContain("guess", $"{await tenant.ValueAsync("select string_agg(row_to_json(c)::text, '') from outside_calendars c")}", StringComparison.Ordinal);
    }

    /// <summary>As the consumer of the group does.</summary>
    private async Task HandleAsync(TestTenant tenant, long bookingId, long version, string type)
    {
        await using var connection = new NpgsqlConnection(world.Platform.Databases.TenantDb.As(Logins.Worker));
        await connection.OpenAsync();
        var transaction = new EventTransaction();
        transaction.Join(connection);
        var data = JsonSerializer.SerializeToElement(new { booking = new { resourceIds = (long[])[tenant.DoctorId] } });
        await new QueueCalendarWrites(transaction, world.Platform.Clock).HandleAsync(
            new(Guid.CreateVersion7(), type, 1, tenant.Id, "booking", bookingId, version, PlatformFixture.Monday9am, "system", null, data),
            TestContext.Current.CancellationToken);
    }

    /// <summary>Polls, and at once again where the server could not be reached.</summary>
    private async Task<OutsideCalendarResponse> PollNowAsync(TestTenant tenant, OutsideCalendarResponse calendar)
    {
        var polled = await world.PollNowAsync(tenant, calendar);
        for (var again = 1; again < Attempts && polled.LastError?.Code == CalendarProblems.Unreachable; again++)
        {
            polled = await world.PollNowAsync(tenant, calendar);
        }

        return polled;
    }

    /// <summary>Writes what is due, and at once again what the server did not take; the product waits before that.</summary>
    private async Task WriteAsync(TestTenant tenant)
    {
        var failed = $"platform.calendar_writes where tenant_id = {tenant.Id} and error is not null and next_attempt_at is not null";
        for (var again = 0; again < Attempts; again++)
        {
            await world.WriteAsync();
            if (await tenant.ValueAsync($"select min(error) from {failed}") is not string error) return;

            TestContext.Current.TestOutputHelper?.WriteLine(error);
            await tenant.ExecuteAsync($"update {failed.Replace(" where", " set next_attempt_at = '2000-01-01' where", StringComparison.Ordinal)}");
        }
    }


    /// <summary>A server with one user and one calendar, on loopback, in a folder of its own.</summary>
    private sealed class Radicale : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly string _folder;
        private readonly HttpClient _http = new();

        private Radicale(Process process, string folder, int port)
        {
            (_process, _folder, Root) = (process, folder, $"http://127.77.0.1:{port}/ana/");
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("ana:secret: ü")));
            _http.DefaultRequestHeaders.ConnectionClose = true;
        }

        public string Root { get; }

        public string Calendar => $"{Root}work/";

        public static async Task<Radicale> StartAsync()
        {
            var folder = Directory.CreateTempSubdirectory("radicale-").FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "users"), "ana:secret: ü\n");
            var port = FreePort();
            var process = Process.Start(new ProcessStartInfo(Program,
            [
                "--config", "", "--hosts", $"127.77.0.1:{port}", "--auth-type", "htpasswd",
                "--auth-htpasswd-filename", Path.Combine(folder, "users"), "--auth-htpasswd-encryption", "plain", "--auth-delay", "0",
                "--storage-filesystem-folder", Path.Combine(folder, "collections"),
            ])
            { RedirectStandardError = true, UseShellExecute = false })!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var server = new Radicale(process, folder, port);
            await Eventually.TrueAsync(server.IsThereAsync);
            return server;
        }

        public async Task PutAsync(string name, string text)
        {
            using var response = await _http.PutAsync($"{Calendar}{name}.ics", new StringContent(text, Encoding.UTF8, "text/calendar"));
            Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        }

        public async Task DeleteAsync(string name)
        {
            using var response = await _http.DeleteAsync($"{Calendar}{name}.ics");
            Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        }

        public async Task<List<CalendarEvent>> EventsAsync() =>
        [
            .. CalendarReader.Read(await _http.GetStringAsync(Calendar), NodaTime.DateTimeZone.Utc).Select(e => e.Event!.Event),
        ];

        public async ValueTask DisposeAsync()
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
            _http.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        private async Task<bool> IsThereAsync()
        {
            try
            {
                using var made = await _http.SendAsync(new(new HttpMethod("MKCALENDAR"), Calendar));
                return made.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                Assert.False(_process.HasExited);
                return false;
            }
        }

        private static int FreePort()
        {
            using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Parse("127.77.0.1"), 0);
            listener.Start();
            return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
