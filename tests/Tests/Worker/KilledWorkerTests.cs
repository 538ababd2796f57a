using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;
using Platform.Contracts.Events;
using Platform.Tests.Support;

namespace Platform.Tests.Worker;

/// <summary>The worker as a process of its own, killed as only an operating system can.</summary>
public sealed partial class KilledWorkerTests
{
    [Fact]
    public async Task Killing_one_of_two_workers_loses_no_mail()
    {
        const int bookings = 60;
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer();
        var workers = await Task.WhenAll(WorkerProcess.StartAsync(world, mail), WorkerProcess.StartAsync(world, mail));
        using var doomed = workers[0];
        using var survivor = workers[1];

        for (var n = 1; n <= bookings; n++)
        {
            await world.WriteAsync(aggregate: n, type: "booking.created", data: new BookingCreated(Booking(n)));
            if (n == bookings / 2)
            {
                await Eventually.TrueAsync(() => !mail.Messages.IsEmpty);
                doomed.Kill();
            }
        }

        await Eventually.EqualAsync((long)bookings, () => world.CountAsync("platform.notifications where status = 'sent'"));
        Assert.Equal(bookings, mail.Messages.Select(message => Recipient().Match(message).Value).Distinct().Count());
        Assert.Equal(bookings, await world.CountAsync("platform.event_log"));
        Assert.Equal(0, await world.CountAsync("platform.outbox_messages"));
        Assert.InRange(mail.Messages.Count, bookings, bookings + 5); // those the dead one had handed over, but not noted
    }

    [Fact]
    public async Task A_frozen_worker_is_replaced_and_neither_publishes_nor_handles_anything_twice_when_it_resumes()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer();
        using var frozen = await WorkerProcess.StartAsync(world, mail);
        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.relay_lease where epoch = 1"));
        using var successor = await WorkerProcess.StartAsync(world, mail);
        long version = 0;
        await WriteAsync(100);

        frozen.Signal("STOP"); // in the middle of these, as likely as not
        await WriteAsync(100);
        await Eventually.EqualAsync(0L, () => world.CountAsync("platform.outbox_messages"), seconds: 12);
        frozen.Signal("CONT");
        await WriteAsync(100);

        await Eventually.EqualAsync(300L, () => world.CountAsync("platform.event_log"));
        var handled = (await world.EntriesAsync()).Where(entry => entry["event_type"] == "booking.updated")
            .Select(entry => (Id: (string)entry["event_id"]!, Aggregate: (string)entry["aggregate_id"]!, Version: (int)entry["aggregate_version"]))
            .DistinctBy(e => e.Id) // as the inbox does
            .GroupBy(e => e.Aggregate).ToList();
        Assert.Equal(3, handled.Count);
        Assert.All(handled, aggregate => Assert.Equal(aggregate.OrderBy(e => e.Version), aggregate));
        Assert.Equal(300, handled.Sum(aggregate => aggregate.Count()));
        Assert.Equal(1, await world.CountAsync("platform.relay_lease where epoch > 1"));
        await Eventually.EqualAsync(300L, () => world.CountAsync("platform.inbox where consumer_group = 'analytics'"));
        Assert.Equal(3, await world.CountAsync("platform.booking_facts where version > 297")); // nothing older came after it

        async Task WriteAsync(int events)
        {
            for (var n = 0; n < events; n++)
            {
                var booking = n % 3 + 1;
                await world.WriteAsync(booking, ++version, "booking.updated", data: new BookingUpdated(Booking(booking)));
            }
        }
    }

    [Fact]
    public async Task A_worker_is_healthy_while_its_servers_are()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer();
        using var worker = await WorkerProcess.StartAsync(world, mail);
        using var client = new HttpClient { BaseAddress = new(worker.Url) };

        Assert.Equal("Healthy", await client.GetStringAsync("/alive"));
        Assert.Equal("Healthy", await client.GetStringAsync("/health"));
    }

    private static BookingSnapshot Booking(int n) => new(
        n, $"bk-{n}", 1, "Checkup", new(2026, 11, 23, 17, 0, 0, TimeSpan.Zero), new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero),
        "Europe/Lisbon", "confirmed", [1], ["Room 1"], n, $"Client {n}", $"client{n}@example.org", "en");

    [GeneratedRegex(@"client\d+@")]
    private static partial Regex Recipient();

    private sealed class WorkerProcess(Process process, string url) : IDisposable
    {
        public string Url => url;

        public static async Task<WorkerProcess> StartAsync(WorkerWorld world, MailServer mail)
        {
            var url = $"http://127.0.0.1:{Ports.Free()}";
            var platformDb = (await PlatformDatabases.NewAsync()).PlatformDb.As(Logins.Worker);
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Platform.Worker.dll")])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                Environment =
                {
                    ["ASPNETCORE_URLS"] = url,
                    ["DOTNET_ENVIRONMENT"] = Environments.Development, // its keys are not encrypted
                    ["ConnectionStrings__platformdb"] = platformDb,
                    ["ConnectionStrings__tenantdb"] = world.Database.As(Logins.Worker),
                    ["ConnectionStrings__tenantdb_owner"] = world.Database.As(Logins.TenantOwner),
                    ["ConnectionStrings__redis"] = world.RedisAddress,
                    ["Events__Lease"] = "00:00:02",
                    ["Mail__Url"] = mail.Url,
                    ["Mail__Timeout"] = "00:00:02",
                    ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "",
                },
            };
            var process = Process.Start(start)!;
            process.OutputDataReceived += (_, _) => { }; // a full pipe would stop it
            process.BeginOutputReadLine();

            using var client = new HttpClient();
            await Eventually.TrueAsync(async () =>
            {
                Assert.False(process.HasExited, "The worker did not start.");
                try
                {
                    return (await client.GetAsync($"{url}/alive")).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            });
            return new(process, url);
        }

        public void Signal(string name)
        {
            using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
            kill.WaitForExit();
        }

        /// <summary>SIGKILL: nothing is finished, released or closed.</summary>
        public void Kill()
        {
            process.Kill();
            process.WaitForExit();
        }

        public void Dispose()
        {
            if (!process.HasExited) Kill();
            process.Dispose();
        }
    }
}
