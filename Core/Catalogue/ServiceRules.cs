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
        requirements
            .Select((requirement, i) => Check(requirement, $"requirements[{i}]", schemas, resources))
            .FirstOrDefault(r => r is not null);

    private static Rejection? Check(IReadOnlyList<ServiceQuestion> questions)
    {
        for (var i = 0; i < questions.Count; i++)
        {
            var (question, field) = (questions[i], $"questions[{i}]");
            if (questions.Take(i).Any(q => q.Key == question.Key))
            {
                return new(RejectionKind.Invalid, Codes.InvalidQuestion, "Another question has this key.", $"{field}.key");
            }

            if (question.Type == CustomFieldTypes.Choice != question.Choices is { Count: > 0 })
            {
                return new(
                    RejectionKind.Invalid, Codes.InvalidQuestion, "There are choices exactly where the type is choice.",
                    $"{field}.choices");
            }
        }

        return null;
    }

    private static Rejection? Check(
        ServiceRequirement requirement, string field, IReadOnlyDictionary<long, JsonElement> schemas,
        IReadOnlySet<long> resources)
    {
        var named = requirement.ResourceIds ?? [];
        if (requirement.CategoryId is null && named.Count == 0)
        {
            return Refused(field, "It names a category or resources.");
        }

        if (requirement.CategoryId is { } category && !schemas.ContainsKey(category))
        {
            return new(RejectionKind.Missing, Codes.NotFound, "There is no such category.", $"{field}.categoryId");
        }

        if (!named.All(resources.Contains))
        {
            return new(RejectionKind.Missing, Codes.NotFound, "There is no such resource.", $"{field}.resourceIds");
        }

        if (requirement.CategoryId is null && requirement.Quantity > named.Count)
        {
            return Refused($"{field}.quantity", "It is more than the resources that are named.");
        }

        if (requirement.Attributes is not { } wanted) return null;

        return requirement.CategoryId is { } of
            ? AttributeRules.CheckWanted(schemas[of], wanted, $"{field}.attributes")
            : Refused($"{field}.attributes", "They choose among the resources of a category.");
    }

    private static Rejection Refused(string field, string detail) =>
        new(RejectionKind.Invalid, Codes.InvalidRequirement, detail, field);
}
