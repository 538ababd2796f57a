using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.People;

namespace Platform.Api.People;

/// <summary>Many users join or leave a group in one transaction, each with a result.</summary>
internal static class GroupMembers
{
    private const string BeforeUser = "before_user";

    extension(PeopleWriting writing)
    {
        public async Task<Results<Ok<List<GroupMemberItem>>, ProblemHttpResult>> MoveAsync(
            long tenantId, long groupId, GroupMembersRequest request, bool joins, CancellationToken ct)
        {
            await writing.LockAsync(tenantId, ct);
            if (await GroupEndpoints.FindAsync(writing.Db, tenantId, groupId, ct) is not { Role: var role })
            {
                return TypedResults.Problem(Problems.NotFound());
            }

            await writing.Seats.LockAsync(tenantId, ct);
            var members = await writing.MembersAsync(tenantId, groupId, request.UserIds, ct);
            List<GroupMemberItem> items = [];
            for (var i = 0; i < request.UserIds.Count; i++)
            {
                var userId = request.UserIds[i];
                var refusal = await writing.TryMoveAsync(tenantId, userId, role, joins, ct);
                if (refusal is not null && !request.Partial)
                {
                    return (refusal with
                    {
                        Field = $"userIds[{i}]",
                        Extras = refusal.Extras with { UserId = userId },
                    }).ToProblem();
                }

                items.Add(new(
                    userId,
                    refusal is not null ? GroupOutcomes.Refused
                        : members.Contains(userId) == joins ? GroupOutcomes.Unchanged
                        : joins ? GroupOutcomes.Joined
                        : GroupOutcomes.Left,
                    refusal?.Code));
            }

            return TypedResults.Ok(items);
        }

        /// <summary>A refused member stays as they were.</summary>
        private async Task<Rejection?> TryMoveAsync(
            long tenantId, long userId, Role role, bool joins, CancellationToken ct)
        {
            var transaction = writing.Db.Database.CurrentTransaction!;
            await transaction.CreateSavepointAsync(BeforeUser, ct);
            var change = joins ? new MembershipChange(AddedRole: role) : new MembershipChange(RemovedRole: role);
            var refusal = await writing.ChangeLockedAsync(writing.Http.Authority, tenantId, userId, change, ct);
            if (refusal is null) return null;

            await transaction.RollbackToSavepointAsync(BeforeUser, ct);
            writing.Db.ChangeTracker.Clear();
            return refusal;
        }

        private Task<HashSet<long>> MembersAsync(
            long tenantId, long roleId, IReadOnlyList<long> userIds, CancellationToken ct)
        {
            var held = writing.Db.MembershipRoles;
            return writing.Db.Memberships
                .Where(m => m.TenantId == tenantId && userIds.Contains(m.UserId)
                    && held.Any(h => h.MembershipId == m.Id && h.RoleId == roleId))
                .Select(m => m.UserId).ToHashSetAsync(ct);
        }
    }
}
