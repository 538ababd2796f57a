using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Platform.Worker;
using Platform.Worker.Streams;

namespace Platform.Tests.Worker;

public sealed class EventGaugesTests
{
    [Fact]
    public async Task Gauges_report_what_is_pending_and_for_how_long()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var group = $"g{Guid.CreateVersion7():n}";
        await world.WriteAsync(); // some days old
        for (var i = 0; i < 3; i++) await world.PublishAsync(world.Envelope());
        await world.Redis.StreamCreateConsumerGroupAsync(EventStreams.Key(0), group, "0");
        await world.Redis.StreamReadGroupAsync(EventStreams.Key(0), group, "me", count: 1);
        var worker = await world.StartAsync(builder => builder.AddHousekeeping());

        await worker.Services.GetServices<IHostedService>().OfType<EventGauges>().Single()
            .LookAsync(TestContext.Current.CancellationToken);
        var measured = Measure();

        var database = new NpgsqlConnectionStringBuilder(world.Database).Database;
        Assert.Equal(1, measured[$"platform.outbox.waiting {database}"]);
        Assert.True(measured[$"platform.outbox.age {database}"] > 3600);
        Assert.Equal(2, measured[$"platform.events.lag {group}"]);
        Assert.Equal(1, measured[$"platform.events.pending {group}"]);
    }

    /// <summary>Other tests have gauges of their own, so values are distinguished by their tags.</summary>
    private static ConcurrentDictionary<string, double> Measure()
    {
        var measured = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == Telemetry.Meter) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Note(i, value, tags));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Note(i, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            measured[$"{instrument.Name} {(tags.Length > 0 ? tags[0].Value : null)}"] = value;
    }
}
