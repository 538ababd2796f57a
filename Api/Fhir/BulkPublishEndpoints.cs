using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Platform.Api.Access;
using Platform.Contracts;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Fhir;

/// <summary>
/// SMART Scheduling Links: free slots as files, for sites where people look for them. A manifest names the files, and
/// clients poll it about once a minute.
/// </summary>
internal static class BulkPublishEndpoints
{
    private const string Ndjson = "application/fhir+ndjson";

    /// <summary>How far ahead slots are published: what people who are looking for one take.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(14);

    /// <summary>So long an answer may be kept, and so often the time of publication moves.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private static readonly string[] Files = ["Location", "Schedule", "Slot"];

    public static void MapBulkPublish(this RouteGroupBuilder fhir) =>
        Map(fhir.MapGroup("").RequireScope(Scopes.Scheduling), publicOnly: false);

    public static void MapPublicBulkPublish(this RouteGroupBuilder slug) =>
        Map(slug.MapGroup("/fhir/r4").WithTags("Slots"), publicOnly: true);

    private static void Map(RouteGroupBuilder group, bool publicOnly)
    {
        group.MapGet("/$bulk-publish", (Publication publication, HttpContext http) => publication.Manifest(http, publicOnly))
            .Produces<string>(StatusCodes.Status200OK, "application/json");
        group.MapGet("/bulk/Location.ndjson", (Publication publication, HttpContext http, CancellationToken ct) =>
            publication.LocationsAsync(http, publicOnly, ct))
            .Produces<string>(StatusCodes.Status200OK, Ndjson);
        group.MapGet("/bulk/Schedule.ndjson", (Publication publication, HttpContext http, CancellationToken ct) =>
            publication.SchedulesAsync(http, publicOnly, ct)).Produces<string>(StatusCodes.Status200OK, Ndjson);
        group.MapGet("/bulk/Slot.ndjson", (Publication publication, HttpContext http, CancellationToken ct) =>
            publication.SlotsAsync(http, publicOnly, ct)).Produces<string>(StatusCodes.Status200OK, Ndjson);
    }

    /// <summary>What is published of one tenant at the moment.</summary>
    internal sealed class Publication(
        SlotQuery query, TenantContext tenant, TenantDirectory tenants, TenantLocations places,
        IOptions<BookingPageOptions> pages, TimeProvider clock)
    {
        /// <summary>Changes within it are published with the next.</summary>
        private DateTimeOffset PublishedAt
        {
            get
            {
                var now = clock.GetUtcNow();
                return now.AddTicks(-(now.Ticks % Fresh.Ticks));
            }
        }

        public FileContentHttpResult Manifest(HttpContext http, bool publicOnly)
        {
            var request = http.Request;
            var address = $"{request.Scheme}://{request.Host}{request.PathBase}{request.Path}";
            var folder = address[..address.LastIndexOf('/')];
            return Whole(http, publicOnly, "application/json", JsonSerializer.SerializeToUtf8Bytes(new JsonObject
            {
                ["transactionTime"] = PlatformJson.WriteInstant(PublishedAt),
                ["request"] = address,
                ["requiresAccessToken"] = !publicOnly,
                ["output"] = new JsonArray([.. Files.Select(type => new JsonObject
                {
                    ["type"] = type,
                    ["url"] = $"{folder}/bulk/{type}.ndjson",
                })]),
                ["error"] = new JsonArray(),
            }));
        }

        public async Task<FileContentHttpResult> LocationsAsync(HttpContext http, bool publicOnly, CancellationToken ct)
        {
            var place = await places.ReadAsync(tenant.Id, ct);
            return Whole(http, publicOnly, Ndjson, Lines([BulkResources.Location(tenant.Id, tenant.Name, place)]));
        }

        public async Task<FileContentHttpResult> SchedulesAsync(HttpContext http, bool publicOnly, CancellationToken ct)
        {
            var services = await query.ReadServicesAsync(publicOnly, ct);
            return Whole(
                http, publicOnly, Ndjson, Lines(services.Select(s => BulkResources.Schedule(s, tenant.Id, tenant.Name))));
        }

        /// <summary>Computed before the answer begins, since its ETag is sent first; written line by line.</summary>
        public async Task<PushStreamHttpResult> SlotsAsync(HttpContext http, bool publicOnly, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var ahead = new TimeRange(now, now + Ahead);
            var slug = (await tenants.FindAsync(tenant.Id, ct))!.Slug;
            var offered = (await query.ReadAllAsync(publicOnly, ahead, ct))
                .Select(inputs => (inputs.Service, Slots: SlotRules.Slots(
                    inputs.Service.Question(inputs.Service.Times, inputs.Occupied, partySize: 1, requestedIds: []), ahead, now)))
                .ToList();

            SetCaching(http, publicOnly);
            return TypedResults.Stream(
                async body =>
                {
                    foreach (var (service, slots) in offered)
                    {
                        foreach (var slot in slots)
                        {
                            await body.WriteAsync(
                                Line(BulkResources.Slot(service, slot, pages.Value.Of(slug, service.Id, slot.Start))), ct);
                        }
                    }
                },
                Ndjson, fileDownloadName: null, lastModified: PublishedAt, entityTag: TagOf(offered, slug));
        }

        private FileContentHttpResult Whole(HttpContext http, bool publicOnly, string contentType, byte[] content)
        {
            SetCaching(http, publicOnly);
            return TypedResults.File(
                content, contentType, fileDownloadName: null, enableRangeProcessing: false, lastModified: PublishedAt,
                entityTag: Tag(SHA256.HashData(content)));
        }

        /// <summary>Only authorised clients may cache what is not public.</summary>
        private static void SetCaching(HttpContext http, bool publicOnly) => http.Response.Headers.CacheControl =
            $"{(publicOnly ? "public" : "private")}, max-age={(int)Fresh.TotalSeconds}";

        /// <summary>Of all that the lines are made from.</summary>
        private static EntityTagHeaderValue TagOf(
            IEnumerable<(BookableService Service, IReadOnlyList<Slot> Slots)> offered, string slug)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(Encoding.UTF8.GetBytes(slug));
            Span<byte> number = stackalloc byte[sizeof(long)];
            foreach (var (service, slots) in offered)
            {
                Append(number, service.Id);
                Append(number, service.Version);
                foreach (var slot in slots)
                {
                    Append(number, slot.Start.UtcTicks);
                    Append(number, slot.Remaining);
                }
            }

            return Tag(hash.GetHashAndReset());

            void Append(Span<byte> bytes, long value)
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
                hash.AppendData(bytes);
            }
        }

        private static EntityTagHeaderValue Tag(byte[] hash) => new($"\"{Convert.ToHexStringLower(hash.AsSpan(0, 16))}\"");

        private static byte[] Lines(IEnumerable<JsonObject> resources) => [.. resources.SelectMany(Line)];

        private static byte[] Line(JsonObject resource) =>
            [.. JsonSerializer.SerializeToUtf8Bytes(FhirAnswer.Whole(resource), PlatformJson.Options), (byte)'\n'];
    }
}
