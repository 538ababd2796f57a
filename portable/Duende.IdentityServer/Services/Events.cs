namespace Duende.IdentityServer.Events;

public enum EventTypes
{
    Success = 1,
    Failure = 2,
    Information = 3,
    Error = 4,
}

public static class EventCategories
{
    public const string Authentication = "Authentication";
    public const string Token = "Token";
}

public static class EventIds
{
    public const int UserLoginSuccess = 1000;
    public const int UserLoginFailure = 1001;
    public const int UserLogoutSuccess = 1002;
    public const int ClientAuthenticationFailure = 1011;
    public const int TokenIssuedFailure = 2001;
    public const int TokenRevokedSuccess = 2010;
}

/// <summary>Something that security people want to know. It carries no secret.</summary>
public abstract class Event(string category, string name, EventTypes type, int id, string? message = null)
{
    public string Category { get; set; } = category;
    public string Name { get; set; } = name;
    public EventTypes EventType { get; set; } = type;
    public int Id { get; set; } = id;
    public string? Message { get; set; } = message;
    public string? ActivityId { get; set; }
    public DateTime TimeStamp { get; set; }
    public string? RemoteIpAddress { get; set; }
}

public class UserLoginSuccessEvent(
    string username, string subjectId, string name, bool interactive = true, string? clientId = null)
    : Event(EventCategories.Authentication, "User Login Success", EventTypes.Success, EventIds.UserLoginSuccess)
{
    public string Username { get; set; } = username;
    public string SubjectId { get; set; } = subjectId;
    public string DisplayName { get; set; } = name;
    public string Endpoint { get; set; } = interactive ? "UI" : "Token";
    public string? ClientId { get; set; } = clientId;
}

public class UserLoginFailureEvent(string username, string error, bool interactive = true, string? clientId = null)
    : Event(EventCategories.Authentication, "User Login Failure", EventTypes.Failure, EventIds.UserLoginFailure, error)
{
    public string Username { get; set; } = username;
    public string Endpoint { get; set; } = interactive ? "UI" : "Token";
    public string? ClientId { get; set; } = clientId;
}

public class UserLogoutSuccessEvent(string subjectId, string name)
    : Event(EventCategories.Authentication, "User Logout Success", EventTypes.Success, EventIds.UserLogoutSuccess)
{
    public string SubjectId { get; set; } = subjectId;
    public string DisplayName { get; set; } = name;
}

public class ClientAuthenticationFailureEvent(string clientId, string message)
    : Event(EventCategories.Authentication, "Client Authentication Failure", EventTypes.Failure,
        EventIds.ClientAuthenticationFailure, message)
{
    public string ClientId { get; set; } = clientId;
}

/// <summary>A refused token request; a replayed code or refresh token says so in its description.</summary>
public class TokenIssuedFailureEvent : Event
{
    internal TokenIssuedFailureEvent(
        string? clientId, string? subjectId, string? grantType, string error, string description)
        : base(EventCategories.Token, "Token Issued Failure", EventTypes.Failure, EventIds.TokenIssuedFailure)
    {
        ClientId = clientId;
        SubjectId = subjectId;
        GrantType = grantType;
        Error = error;
        ErrorDescription = description;
    }

    public string? ClientId { get; set; }
    public string? SubjectId { get; set; }
    public string? GrantType { get; set; }
    public string Error { get; set; }
    public string ErrorDescription { get; set; }
}

public class TokenRevokedSuccessEvent : Event
{
    internal TokenRevokedSuccessEvent(string clientId, string tokenType)
        : base(EventCategories.Token, "Token Revoked Success", EventTypes.Success, EventIds.TokenRevokedSuccess)
    {
        ClientId = clientId;
        TokenType = tokenType;
    }

    public string ClientId { get; set; }
    public string TokenType { get; set; }
}
