using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Tests.Bookings;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Tenants;

/// <summary>Tenants that leave as a file and come in as one. An archive is its files by name.</summary>
internal static class TransferCalls
{
    public const string Manifest = "manifest.json";

    extension(PlatformFixture platform)
    {
        /// <summary>With rows in circles, ranges, JSON, arrays, digests.</summary>
        public async Task<TestTenant> BusyTenantAsync()
        {
            var tenant = await platform.NewTenantAsync("Europe/Lisbon");
            await tenant.BookedAsync(tenant.AtNoon());
            await tenant.HeldAsync(PlatformFixture.Monday9am.AddHours(6));
            await tenant.BookedAsync(tenant.AtNoon("grace@example.com") with { Start = PlatformFixture.Monday9am.AddDays(1) });
            await tenant.ExecuteAsync($$"""
                insert into blackouts (during, reason) values ('[2026-12-24,2026-12-25)', E'tab\t "quote" \\ back\nline 🎄');
                insert into custom_fields (applies_to, key, label, type, choices) values ('client', 'k', 'K', 'choice', '{a,"b c"}');
                insert into schedule_overrides (resource_id, date, start_minutes, end_minutes)
                values ({{tenant.DoctorId}}, '2026-04-01', '{540,800}', '{600,900}');
                insert into clients (id, name, locale, metadata, merged_into_id, created_at)
                select 90001, 'Ñandú', 'en', '{"n": 1.10, "big": 12345678901234567890}', id, '2026-03-02 09:00:00.123456+00' from clients limit 1;
                insert into waitlist_entries (id, service_id, client_id, wanted, time_zone, status, booking_id, version)
                select 5, {{tenant.ServiceId}}, client_id, '[2026-03-03 09:00+00,2026-03-03 18:00+00)', 'Etc/UTC', 'booked', id, 7
                from bookings where client_id is not null limit 1;
                update bookings set waitlist_id = 5 where id = (select booking_id from waitlist_entries);
                insert into calendar_feeds (resource_id, token_hash) values ({{tenant.DoctorId}}, '\xdeadbeef');
                """);
            return tenant;
        }

        public async Task<Dictionary<string, byte[]>> ExportAsync(long id)
        {
            using var response = await platform.StaffAsync("POST", $"/tenants/{id}/export");
            Assert.Equal((200, "application/zip"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            using var zip = new ZipArchive(new MemoryStream(await response.Content.ReadAsByteArrayAsync()));
            return zip.Entries.ToDictionary(entry => entry.FullName, entry =>
            {
                using var stream = entry.Open();
                using var content = new MemoryStream();
                stream.CopyTo(content);
                return content.ToArray();
            });
        }

        public async Task<HttpResponseMessage> ImportAsync(
            byte[] archive, string slug, string type = "application/zip", string? key = null)
        {
            using var staff = platform.Staff();
            if (key is not null) staff.DefaultRequestHeaders.Add(Headers.IdempotencyKey, key);
            using var content = new ByteArrayContent(archive) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
            return await staff.PostAsync($"/internal/api/v1/tenants/import?slug={slug}", content);
        }
    }

    public static byte[] Pack(Dictionary<string, byte[]> archive)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in archive)
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write(content);
            }
        }

        return packed.ToArray();
    }

    public static ExportManifest ManifestOf(Dictionary<string, byte[]> archive) =>
        JsonSerializer.Deserialize<ExportManifest>(archive[Manifest], PlatformJson.Options)!;
}
