using DnsClient;

namespace Platform.Identity.SingleSignOn;

/// <summary>Asks the DNS whether a tenant has proved that an e-mail domain is its own.</summary>
internal class DomainVerifier
{
    private readonly LookupClient _dns = new(new LookupClientOptions
    {
        Timeout = TimeSpan.FromSeconds(3),
        Retries = 1,
        UseCache = false, // people publish the record, and ask again at once
    });

    public static string RecordName(string domain) => $"_platform-verification.{domain}";

    /// <returns>False also if the DNS does not answer.</returns>
    public virtual async Task<bool> IsProvenAsync(string domain, string token, CancellationToken ct)
    {
        try
        {
            var answer = await _dns.QueryAsync(RecordName(domain), QueryType.TXT, cancellationToken: ct);
            return answer.Answers.TxtRecords().Any(record => string.Concat(record.Text).Trim() == token);
        }
        catch (DnsResponseException)
        {
            return false;
        }
    }
}
