using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Catalogue;

namespace Platform.Core.Catalogue;

public static class ServiceRules
{
    public static Rejection? Check(Money? price, CancellationPolicy cancellation, IReadOnlyList<ServiceQuestion> questions) =>
        Rejection.All(MoneyRules.Check(price, "price"), MoneyRules.Check(cancellation.Fee, "cancellation.fee"), Check(questions));

    /// <summary>Whether requirements can be met by anything at all.</summary>
    /// <param name="schemas">The attribute schemas of the tenant's categories.</param>
    /// <param name="resources">Those of the tenant, of all that are named.</param>
    public static Rejection? Check(
        IReadOnlyList<ServiceRequirement> requirements,
        IReadOnlyDictionary<long, JsonElement> schemas,
        IReadOnlySet<long> resources) =>
        Rejection.All(requirements.Select(
            (requirement, i) => Check(requirement, $"requirements[{i}]", schemas, resources)));

    private static Rejection? Check(IReadOnlyList<ServiceQuestion> questions) =>
        Rejection.All(questions.Select((question, i) => Rejection.All(
            questions.Take(i).Any(q => q.Key == question.Key)
                ? new(
                    RejectionKind.Invalid, Codes.InvalidQuestion, "Another question has this key.", $"questions[{i}].key")
                : null,
            question.Type == CustomFieldTypes.Choice != question.Choices is { Count: > 0 }
                ? new(
                    RejectionKind.Invalid, Codes.InvalidQuestion, "`choices` is required for the type choice and not allowed for other types.",
                    $"questions[{i}].choices")
                : null)));

    private static Rejection? Check(
        ServiceRequirement requirement, string field, IReadOnlyDictionary<long, JsonElement> schemas,
        IReadOnlySet<long> resources)
    {
        var named = requirement.ResourceIds ?? [];
        if (requirement.CategoryId is null && named.Count == 0)
        {
            return Refused(field, "A requirement must name a category or resources.");
        }

        return Rejection.All(
            requirement.CategoryId is { } category && !schemas.ContainsKey(category)
                ? new(RejectionKind.Missing, Codes.NotFound, "The category does not exist.", $"{field}.categoryId")
                : null,
            named.All(resources.Contains)
                ? null
                : new(RejectionKind.Missing, Codes.NotFound, "The resource does not exist.", $"{field}.resourceIds"),
            requirement.CategoryId is null && requirement.Quantity > named.Count
                ? Refused($"{field}.quantity", "The quantity must not exceed the number of named resources.")
                : null,
            CheckAttributes(requirement, field, schemas));
    }

    private static Rejection? CheckAttributes(
        ServiceRequirement requirement, string field, IReadOnlyDictionary<long, JsonElement> schemas)
    {
        if (requirement.Attributes is not { } wanted) return null;
        if (requirement.CategoryId is not { } category)
        {
            return Refused($"{field}.attributes", "Only requirements of a category can be assigned by the client.");
        }

        return schemas.TryGetValue(category, out var schema)
            ? AttributeRules.CheckWanted(schema, wanted, $"{field}.attributes")
            : null;
    }

    private static Rejection Refused(string field, string detail) =>
        new(RejectionKind.Invalid, Codes.InvalidRequirement, detail, field);
}
