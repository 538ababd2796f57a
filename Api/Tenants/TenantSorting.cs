using Microsoft.EntityFrameworkCore;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Tenants;

/// <summary>Which tenants a list of staff finds, and in which order.</summary>
internal static class TenantSorting
{
    public const string Pattern = "^(name|-name|slug|-slug|status|-status|createdAt|-createdAt)$";

    public const string Text =
        "`name`, `slug`, `status` or `createdAt`, with `-` before it for descending; then by id. Not with `cursor`.";

    /// <summary>Letters with marks are sorted among those without, in no language's own way.</summary>
    private const string Alphabet = "und-x-icu";

    /// <summary>"clinica" finds "Clínica": marks of letters are taken away on both sides.</summary>
    public static IQueryable<Tenant> Matching(PlatformDb db, string? q)
    {
        if (string.IsNullOrWhiteSpace(q)) return db.Tenants;

        var text = LikePattern.Escape(q);
        return db.Tenants.FromSql($"""
            select * from tenants
            where regexp_replace(normalize(name, nfd), '[\u0300-\u036f]', '', 'g')
                  ilike '%' || regexp_replace(normalize({text}, nfd), '[\u0300-\u036f]', '', 'g') || '%'
               or slug ilike {text} || '%'
            """);
    }

    public static IQueryable<Tenant> InOrder(this IQueryable<Tenant> tenants, string? sort) => sort switch
    {
        "name" => tenants.OrderBy(t => EF.Functions.Collate(t.Name, Alphabet)).ThenBy(t => t.Id),
        "-name" => tenants.OrderByDescending(t => EF.Functions.Collate(t.Name, Alphabet)).ThenBy(t => t.Id),
        "slug" => tenants.OrderBy(t => t.Slug),
        "-slug" => tenants.OrderByDescending(t => t.Slug),
        "status" => tenants.OrderBy(t => t.Status).ThenBy(t => t.Id),
        "-status" => tenants.OrderByDescending(t => t.Status).ThenBy(t => t.Id),
        "createdAt" => tenants.OrderBy(t => t.CreatedAt).ThenBy(t => t.Id),
        "-createdAt" => tenants.OrderByDescending(t => t.CreatedAt).ThenBy(t => t.Id),
        _ => tenants.OrderBy(t => t.Id),
    };
}
