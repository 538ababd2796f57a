using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Platform.Api.OpenApi;

/// <summary>Describes bodies that are files, not JSON, and what they may look like.</summary>
internal sealed class DescribeFiles : IOpenApiOperationTransformer
{
    private static readonly Dictionary<string, string> Examples = new()
    {
        ["text/csv"] =
            """
            externalId,start,end,timeZone,service,resources,clientName,clientEmail,status,note
            A-1,2026-11-23T09:00,2026-11-23T09:30,America/Sao_Paulo,Consulta,Dra. Helena Prado,Ada Lovelace,ada@example.com,confirmed,First visit
            """,
        ["text/calendar"] =
            """
            BEGIN:VCALENDAR
            VERSION:2.0
            BEGIN:VEVENT
            UID:a-1@example.com
            DTSTART;TZID=America/Sao_Paulo:20261123T090000
            DURATION:PT30M
            SUMMARY:Consulta
            ATTENDEE;CN=Ada Lovelace:mailto:ada@example.com
            END:VEVENT
            END:VCALENDAR
            """,
        ["application/zip"] = "The file that an export of a tenant answers.",
    };

    public Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var (type, content) in operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>())
        {
            if (!Examples.TryGetValue(type, out var example)) continue;

            content.Schema = new OpenApiSchema { Type = JsonSchemaType.String };
            content.Example = JsonValue.Create(example);
        }

        return Task.CompletedTask;
    }
}
