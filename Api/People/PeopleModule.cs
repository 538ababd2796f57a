using Platform.Api.Access;
using Platform.Api.ApiKeys;
using Platform.Core.ApiKeys;
using Platform.Core.People;

namespace Platform.Api.People;

internal static class PeopleModule
{
    public static IServiceCollection AddPeopleModule(this IServiceCollection services) => services
        .AddPeople()
        .AddApiKeys()
        .AddSingleton<Members>();

    public static void MapPeopleModule(this ApiAreas areas)
    {
        areas.Services.MapPersonContext();
        areas.Services.MapProfile();
        areas.Services.MapJoin();
        areas.Services.MapInvitationAcceptance();
        areas.StaffInTransactions.MapUserTypes();
        areas.StaffInTransactions.MapStaffRoles();
        areas.StaffInTransactions.MapStaffUsers(areas.Staff);
        areas.Staff.MapAccountSecurity();
        areas.Tenant.MapPing();
        areas.Tenant.MapMe();
        areas.Tenant.MapUsers();
        areas.Tenant.MapInvitations();
        areas.Tenant.MapIdentityProvider();
        areas.Tenant.MapRoles();
        areas.Tenant.MapGroups();
        areas.Tenant.MapServiceAccounts();
    }
}
