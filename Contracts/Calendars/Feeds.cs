namespace Platform.Contracts.Calendars;

/// <summary><c>POST /api/v1/resources/{id}/feed</c></summary>
/// <param name="Details">Whether the feed tells who comes; anybody who has its address can read it.</param>
public sealed record CreateFeedRequest(bool Details = false);

/// <param name="Token">The secret part of the address. It is told this once; a new one ends the old one.</param>
/// <param name="Path">The address to subscribe to, below the API's own.</param>
/// <param name="Details">Whether the feed tells who comes.</param>
public sealed record FeedResponse(long ResourceId, string Token, string Path, bool Details);
