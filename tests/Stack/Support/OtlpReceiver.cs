using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Platform.Stack.Support;

/// <summary>A span as it arrived: which process ended it, in which trace, under which name.</summary>
internal sealed record ReceivedSpan(string Service, string TraceId, string SpanId, string ParentSpanId, string Name);

/// <summary>
/// The far end of telemetry: takes what the processes export over OTLP/HTTP and keeps the spans. It reads only the few
/// fields of the OTLP message that the tests ask about.
/// </summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public IReadOnlyList<ReceivedSpan> SpansOf(string traceId) => [.. _spans.Where(span => span.TraceId == traceId)];

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.MapPost("/v1/traces", receiver.ReceiveAsync);
        receiver._app.MapPost("/v1/{other}", () => Results.Ok());
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);

        // ExportTraceServiceRequest.resource_spans = 1
        foreach (var resourceSpans in Fields(body.ToArray(), 1))
        {
            var service = (
                from resource in Fields(resourceSpans, 1)
                from attribute in Fields(resource, 1)
                where Text(attribute, 1) == "service.name"
                from value in Fields(attribute, 2)
                select Text(value, 1)).FirstOrDefault("");

            foreach (var span in Fields(resourceSpans, 2).SelectMany(scope => Fields(scope, 2)))
                _spans.Enqueue(new(service, Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 5)));
        }

        return Results.Ok();
    }

    private static string Text(byte[] message, int field) =>
        Encoding.UTF8.GetString(Fields(message, field).FirstOrDefault([]));

    private static string Hex(byte[] message, int field) =>
        Convert.ToHexStringLower(Fields(message, field).FirstOrDefault([]));

    /// <summary>The length-delimited values of one field of a protobuf message.</summary>
    private static IEnumerable<byte[]> Fields(byte[] message, int wanted)
    {
        var position = 0;
        while (position < message.Length)
        {
            var tag = Varint(message, ref position);
            var length = (tag & 7) switch
            {
                0 => SkipVarint(message, position),
                1 => sizeof(ulong),
                2 => (int)Varint(message, ref position),
                5 => sizeof(uint),
                var wire => throw new InvalidDataException($"Wire type {wire} is not in OTLP."),
            };

            if ((tag & 7) == 2 && (int)(tag >> 3) == wanted) yield return message[position..(position + length)];
            position += length;
        }
    }

    private static int SkipVarint(byte[] message, int position)
    {
        var start = position;
        Varint(message, ref position);
        return position - start;
    }

    private static ulong Varint(byte[] message, ref int position)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[position++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }
}
