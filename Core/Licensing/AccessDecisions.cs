using Platform.Core.Audit;

namespace Platform.Core.Licensing;

/// <summary>The five layers: four that decide, upon inputs just read or the memory of a yes, and the record.</summary>
public sealed class AccessDecisions(
    AccessQuery query, AccessCache cache, AccessRecorder recorder, TimeProvider clock)
{
    /// <summary>
    /// Decides, and returns when every decision is durable in the audit. Questions that are not remembered are one
    /// round trip.
    /// </summary>
    /// <param name="path">Method and path of the request.</param>
    /// <param name="check">Why a decision must not be returned, by its index; nothing is recorded then.</param>
    /// <exception cref="AuditLostException">A decision could not be recorded.</exception>
    public async Task<Result<AccessDecision[]>> DecideAsync(
        long tenantId,
        IReadOnlyList<AccessQuestion> questions,
        AuditSource source,
        string path,
        Func<int, AccessDecision, Rejection?> check,
        CancellationToken ct)
    {
        var now = clock.Now;
        var decisions = await LookAsync(tenantId, questions, now, ct);

        for (var i = 0; i < decisions.Length; i++)
        {
            if (questions[i].MinimumRole is not null && decisions[i].Inputs.MinimumLevel is null)
            {
                var field = questions.Count == 1 ? "minRole" : $"checks[{i}].minRole";
                return GrantRules.UnknownRole with { Field = field };
            }

            if (check(i, decisions[i]) is { } rejection) return rejection;
        }

        await recorder.RecordAsync(
            [
                .. decisions.Select((decision, i) => new AccessRecord(
                    tenantId, now, source, questions[i].UserId, questions[i].Application, questions[i].MinimumRole,
                    decision.Allowed, decision.Layer, decision.Reason, path)),
            ],
            ct);
        return decisions;
    }

    private async Task<AccessDecision[]> LookAsync(
        long tenantId, IReadOnlyList<AccessQuestion> questions, DateTimeOffset now, CancellationToken ct)
    {
        var answers = cache.Of(tenantId);
        var decisions = questions.Select(question => answers.Find(question, now)).ToArray();
        var unknown = questions.Where((_, i) => decisions[i] is null).Distinct().ToList();
        if (unknown.Count == 0) return decisions!;

        var readAt = clock.GetTimestamp();
        var inputs = await query.ReadAsync(tenantId, unknown, ct);
        var decided = unknown.Zip(inputs).ToDictionary(pair => pair.First, pair => AccessRules.Decide(pair.Second, now));
        foreach (var (question, decision) in decided) answers.Store(question, decision, readAt);

        return [.. questions.Select((question, i) => decisions[i] ?? decided[question])];
    }
}
