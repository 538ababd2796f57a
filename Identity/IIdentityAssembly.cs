namespace Platform.Identity;

/// <summary>Names this assembly to tests: every process has a <c>Program</c>.</summary>
public interface IIdentityAssembly;
