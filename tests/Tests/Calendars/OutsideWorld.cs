using System.Collections.Concurrent;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Contracts;
using Platform.Contracts.Calendars;
using Platform.Tests.Support;
using Platform.Worker;
using Platform.Worker.Calendars;

namespace Platform.Tests.Calendars;

/// <summary>One poller at a time: it polls whatever is due in the databases of the fixture.</summary>
[CollectionDefinition(Name)]
public sealed class UsesOutsideWorld : ICollectionFixture<OutsideWorld>
{
    public const string Name = "outside calendars";
}

/// <summary>The part of the Worker that reads and writes outside calendars, and a server of files on this machine.</summary>
public sealed class OutsideWorld(PlatformFixture platform) : IAsyncLifetime
{
    private IHost _worker = null!;
    private WebApplication _server = null!;

    /// <summary>What the server answers, by path.</summary>
    public ConcurrentDictionary<string, Func<HttpContext, Task>> Answers { get; } = new();

    public PlatformFixture Platform => platform;

    public async ValueTask InitializeAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = Environments.Development });
        builder.Configuration.AddInMemoryCollection(platform.Databases.OfWorker
            .Append(("Outbound:PrivateNetworks:0", ApiFactory.PrivateNetwork))
            .Append(("Calendars:Timeout", "00:00:05"))
            .Append(("Calendars:MaxBytes", "100000"))
            .Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2)));
        builder.Services.AddSingleton(platform.Clock);
        builder.AddCalendars();
        _worker = builder.Build();

        var web = WebApplication.CreateSlimBuilder();
        web.Logging.ClearProviders();
        web.WebHost.UseUrls("http://127.77.0.1:0");
        _server = web.Build();
        _server.Run(context => Answers.TryGetValue(context.Request.Path, out var answer)
            ? answer(context)
            : Task.FromResult(context.Response.StatusCode = 404));
        await _server.StartAsync();
    }

    public string UrlOf(string path) => _server.Urls.Single() + path;

    /// <summary>Answers with a file, and with 304 to those who have it.</summary>
    public void Serve(string path, string text, string? etag = null) => Answers[path] = async context =>
    {
        if (etag is not null && context.Request.Headers.IfNoneMatch == etag)
        {
            context.Response.StatusCode = 304;
            return;
        }

        if (etag is not null) context.Response.Headers.ETag = etag;
        context.Response.ContentType = "text/calendar; charset=utf-8";
        await context.Response.WriteAsync(text);
    };

    /// <summary>Polls what is due, once.</summary>
    public async Task PollAsync()
    {
        var poller = _worker.Services.GetRequiredService<CalendarPoller>();
        while (await poller.RunDueAsync(TestContext.Current.CancellationToken) > 0) { }
    }

    /// <summary>Writes what is due.</summary>
    public async Task WriteAsync()
    {
        var writer = _worker.Services.GetRequiredService<BookingWriter>();
        while (await writer.RunDueAsync(TestContext.Current.CancellationToken) > 0) { }
    }

    internal IServiceProvider Services => _worker.Services;

    public static async Task<OutsideCalendarResponse> ConnectAsync(TestTenant tenant, CreateOutsideCalendarRequest request, long? resource = null)
    {
        using var response = await tenant.Client.PostAsJsonAsync(
            $"/api/v1/resources/{resource ?? tenant.DoctorId}/calendars", request, PlatformJson.Options);
        return await response.DataAsync<OutsideCalendarResponse>();
    }

    /// <summary>Connects a file, and polls it.</summary>
    public async Task<OutsideCalendarResponse> ConnectAsync(TestTenant tenant, string path, long? resource = null)
    {
        var calendar = await ConnectAsync(tenant, new CreateOutsideCalendarRequest("Google", UrlOf(path)), resource);
        await PollAsync();
        return await ReadAsync(tenant, calendar);
    }

    public async Task<OutsideCalendarResponse> PollNowAsync(TestTenant tenant, OutsideCalendarResponse calendar)
    {
        using var response = await tenant.Client.PostAsync($"{PathOf(calendar)}/poll", null);
        await response.DataAsync<OutsideCalendarResponse>();
        await PollAsync();
        return await ReadAsync(tenant, calendar);
    }

    public static async Task<OutsideCalendarResponse> ReadAsync(TestTenant tenant, OutsideCalendarResponse calendar)
    {
        using var response = await tenant.Client.GetAsync(PathOf(calendar));
        return await response.DataAsync<OutsideCalendarResponse>();
    }

    public static string PathOf(OutsideCalendarResponse calendar) =>
        $"/api/v1/resources/{calendar.ResourceId}/calendars/{calendar.Id}";

    /// <summary>A calendar with one event of the fixture's Monday, in UTC.</summary>
    public static string Calendar(string start, string end, string more = "", string uid = "event-1") => $"""
        BEGIN:VCALENDAR
        VERSION:2.0
        BEGIN:VEVENT
        UID:{uid}
        DTSTART:20260302T{start}00Z
        DTEND:20260302T{end}00Z
        SUMMARY:Dentist
        {more}
        END:VEVENT
        END:VCALENDAR

        """;

    public async ValueTask DisposeAsync()
    {
        _worker.Dispose();
        await _server.DisposeAsync();
    }
}
