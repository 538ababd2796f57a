using Firely.Fhir.Validation;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Specification.Source;
using Hl7.Fhir.Specification.Terminology;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;
using Task = System.Threading.Tasks.Task;

namespace Platform.Tests.Fhir;

/// <summary>Every answer of FHIR against the definitions of R4, as another implementation reads them.</summary>
public sealed class FhirValidationTests(PlatformFixture platform)
{
    [Fact]
    public async Task Every_answer_is_valid_R4()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { Note = "Hi" });
        await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am, Client = null });
        await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{booking.Id}/cancel", """{ "reason": "" }""");
        await platform.ExecutePlatformAsync($"""
            insert into tenant_addresses (tenant_id_fk, type, line1, city, country, is_primary)
            values ({tenant.Id}, 'HQ', 'Rua A, 1', 'São Paulo', 'BR', true);
            insert into tenant_contacts (tenant_id_fk, type, name, email, phone, is_primary)
            values ({tenant.Id}, 'ADMIN', 'Ana', 'ana@x.test', '+5511987654321', true);
            """);
        var validator = NewValidator();
        List<string> answers = [];

        foreach (var path in (string[])[
            "metadata", "Schedule", $"Schedule/{tenant.DoctorId}", "Schedule?_id=0", "Appointment?_count=1", "Appointment",
            $"Appointment/{booking.Id}", "Appointment?_id=0", $"Slot?schedule={tenant.DoctorId}&_count=3",
            $"Slot?schedule={tenant.DoctorId}&status=busy", "Appointment/0", "Appointment?colour=red", "Slot", "nothing"])
        {
            using var response = await tenant.Client.GetAsync($"/fhir/r4/{path}");
            answers.Add(await response.Content.ReadAsStringAsync());
        }

        foreach (var file in (string[])["Location", "Schedule", "Slot"])
        {
            var lines = await tenant.Client.GetStringAsync($"/fhir/r4/bulk/{file}.ndjson");
            answers.AddRange(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(3));
        }

        Assert.True(answers.Count >= 14 + 5);
        Assert.Empty(answers.SelectMany(answer => Faults(validator, answer)));
        Assert.NotEmpty(Faults(validator, """{ "resourceType": "Slot", "id": "1", "status": "open" }"""));
    }

    private static Validator NewValidator()
    {
        var definitions = new CachedResolver(ZipSource.CreateValidationSource());
        return new(definitions, LocalTerminologyService.CreateDefaultForCore(definitions), null, null, null);
    }

    private static List<string> Faults(Validator validator, string answer)
    {
        try
        {
            var resource = new FhirJsonDeserializer().Deserialize<Resource>(answer);
            return [.. validator.Validate(resource, null).Issue
                .Where(issue => issue.Severity is OperationOutcome.IssueSeverity.Error or OperationOutcome.IssueSeverity.Fatal)
                .Select(issue => $"{issue} {answer}")];
        }
        catch (DeserializationFailedException e)
        {
            return [$"{e.Message} {answer}"];
        }
    }
}
