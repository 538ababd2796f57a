using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.People;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.People;

/// <summary>A page about one person, whose id is in the route.</summary>
public abstract class PersonPage(AdminApi api) : AdminPage(api)
{
    [FromRoute]
    public long Id { get; set; }

    public StaffUserResponse Person { get; private set; } = null!;

    /// <returns>What to answer instead of this page, or null when it can be shown.</returns>
    protected async Task<IActionResult?> LoadPersonAsync(CancellationToken ct)
    {
        var person = await Api.PersonAsync(Id, ct);
        if (!person.Ok) return person.Problem.ToPage();

        Person = person.Data;
        return null;
    }
}
