using System.Diagnostics;
using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Duende.IdentityServer.Services;

/// <summary>Completes an event and passes it on, where its type is wanted.</summary>
internal sealed class EventService(
    IEventSink sink, IHttpContextAccessor http, IOptions<IdentityServerOptions> options,
    TimeProvider clock) : IEventService
{
    public bool CanRaiseEventType(EventTypes evtType) => evtType switch
    {
        EventTypes.Success => options.Value.Events.RaiseSuccessEvents,
        EventTypes.Failure => options.Value.Events.RaiseFailureEvents,
        EventTypes.Information => options.Value.Events.RaiseInformationEvents,
        _ => options.Value.Events.RaiseErrorEvents,
    };

    public async Task RaiseAsync(Event evt)
    {
        if (!CanRaiseEventType(evt.EventType)) return;

        evt.TimeStamp = clock.GetUtcNow().UtcDateTime;
        evt.ActivityId = Activity.Current?.Id ?? http.HttpContext?.TraceIdentifier;
        evt.RemoteIpAddress = http.HttpContext?.Connection.RemoteIpAddress?.ToString();
        await sink.PersistAsync(evt);
    }
}

internal sealed class LogEventSink(ILogger<LogEventSink> logger) : IEventSink
{
    public Task PersistAsync(Event evt)
    {
        logger.LogInformation("{Event} ({EventId}): {Message}", evt.Name, evt.Id, evt.Message);
        return Task.CompletedTask;
    }
}
