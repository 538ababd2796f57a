using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using Platform.Contracts;

namespace Platform.Api.Http;

/// <summary>Values of an address that belong together and say themselves what is wrong with them.</summary>
internal interface ICheckedQuery
{
    IEnumerable<FieldError> Errors();
}

/// <summary>
/// Checks the attributes of an endpoint's parameters and of the records in them before the endpoint runs. (The
/// framework's own validation looks at the project's types only and answers in a shape that is not ours.)
/// </summary>
internal static class RequestValidation
{
    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>What is checked of a type of ours: looked up once, since attributes are slow to read.</summary>
    private static readonly ConcurrentDictionary<Type, RequestMember[]> Members = new();

    /// <param name="Name">In JSON.</param>
    /// <param name="IsFreeText">Whether a text in it may be empty or have lines.</param>
    internal sealed record RequestMember(string Name, PropertyInfo Property, ValidationAttribute[] Rules, bool IsFreeText);

    public static EndpointFilterDelegate Create(EndpointFilterFactoryContext endpoint, EndpointFilterDelegate next)
    {
        var parameters = endpoint.MethodInfo.GetParameters();
        var rules = parameters
            .Select(p => p.GetCustomAttributes<ValidationAttribute>().ToArray())
            .ToArray();

        return async context =>
        {
            var http = context.HttpContext;
            var queryRules = http.GetEndpoint()?.Metadata.GetMetadata<QueryRules>();
            List<FieldError> errors = [.. queryRules?.Errors(http.Request) ?? []];
            for (var i = 0; i < parameters.Length; i++)
            {
                var (name, value) = (parameters[i].Name!, context.Arguments[i]);
                if (errors.Exists(e => e.Field == name)) continue;

                Check(name, value, rules[i], errors);
                if (value is not null) CheckMembers(value, "", errors);
                if (value is ICheckedQuery query) errors.AddRange(query.Errors());
            }

            return errors.Count == 0 ? await next(context) : TypedResults.Problem(Problems.Invalid(errors));
        };
    }

    /// <summary>What is wrong with a request that came another way than as a body.</summary>
    public static IReadOnlyList<FieldError> Check(object request)
    {
        List<FieldError> errors = [];
        CheckMembers(request, "", errors);
        return errors;
    }

    private static void Check(
        string field, object? value, IEnumerable<ValidationAttribute> rules, List<FieldError> errors)
    {
        errors.AddRange(
            from rule in rules
            where !rule.IsValid(value)
            select new FieldError(field, CodeOf(rule), rule.FormatErrorMessage(field)));
    }

    private static void CheckMembers(object value, string path, List<FieldError> errors)
    {
        if (value is IEnumerable items and not string)
        {
            foreach (var (item, i) in items.Cast<object?>().Select((item, i) => (item, i)))
            {
                var field = $"{path}[{i}]";
                if (item is null) errors.Add(NotNull(field));
                else if (item is string text) CheckText(field, text, isFree: false, errors);
                else CheckMembers(item, field, errors);
            }

            return;
        }

        foreach (var member in MembersOf(value.GetType()))
        {
            CheckMember(member, member.Property.GetValue(value), path, errors);
        }
    }

    /// <param name="path">The path of the record that has the member; empty for the request itself.</param>
    internal static void CheckMember(RequestMember member, object? content, string path, List<FieldError> errors)
    {
        var field = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
        if (content is IOptional optional)
        {
            if (!optional.HasValue) return;

            content = optional.Value;
            if (content is null && !MayBeNull(member.Property)) errors.Add(NotNull(field));
            if (content is null) return;
        }

        var before = errors.Count;
        Check(field, content, member.Rules, errors);
        if (content is string text)
        {
            if (errors.Count == before) CheckText(field, text, member.IsFreeText, errors);
        }
        else if (content is not null)
        {
            CheckMembers(content, field, errors);
        }
    }

    internal static RequestMember[] MembersOf(Type type) => Members.GetOrAdd(type, static type =>
        type.Namespace?.StartsWith("Platform.Contracts", StringComparison.Ordinal) is true
            ? [.. type.GetProperties().Select(property => new RequestMember(
                JsonNamingPolicy.CamelCase.ConvertName(property.Name),
                property,
                [.. property.GetCustomAttributes<ValidationAttribute>()],
                property.IsDefined(typeof(FreeTextAttribute))))]
            : []);

    /// <summary>Many a rule accepts an empty text, which no column that such a rule guards can hold.</summary>
    private static void CheckText(string field, string text, bool isFree, List<FieldError> errors)
    {
        if (!isFree && string.IsNullOrWhiteSpace(text))
        {
            errors.Add(new(field, FieldCodes.Blank, $"The field {field} may not be blank."));
        }
        else if (text.Any(c => char.IsControl(c) && !(isFree && c is '\t' or '\n' or '\r')))
        {
            errors.Add(new(field, FieldCodes.ControlCharacter, $"The field {field} may hold no control characters."));
        }
    }

    private static FieldError NotNull(string field) => new(field, FieldCodes.Required, $"The field {field} may not be null.");

    /// <summary>Whether an <see cref="Optional{T}"/> is one of <c>T?</c>.</summary>
    internal static bool MayBeNull(PropertyInfo property)
    {
        lock (Nullability) // the context remembers what it found, and is not made for many at once
        {
            return Nullability.Create(property).GenericTypeArguments[0].ReadState == NullabilityState.Nullable;
        }
    }

    internal static string CodeOf(ValidationAttribute rule) => rule switch
    {
        RequiredAttribute => FieldCodes.Required,
        StringLengthAttribute or MaxLengthAttribute or MinLengthAttribute or LengthAttribute => FieldCodes.Length,
        RangeAttribute => FieldCodes.Range,
        _ => FieldCodes.Format,
    };
}
