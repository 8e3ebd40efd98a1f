# What the issuer's pages say. Keys that begin with field-, word-, section-, group- or ask- belong to
# the passport's form; issuer/src/console/form/fields.rs has the names.

## The form

optional = { $field } (optional)
assurance-of-check = This check: { $field }

section-identity = Identity
section-identity-intro = Who this is, and how you checked it. Document numbers are not recorded here.
section-right_to_work = Right to work
section-right_to_work-intro = As recorded for the statutory excuse. It stays with you as the employer. Share codes are not recorded here.
section-professional_registration = Professional registration
section-employment_history = Employment history
section-employment_history-intro = The last three consecutive years. One factual reference is enough from a current NHS employer where your policy says so. The text of references is not recorded here.
section-criminal_record = Criminal record check (DBS)
section-criminal_record-intro = Never record what a certificate discloses.
section-work_health = Work health
section-work_health-intro = The outcome only, never a diagnosis.
section-assignment = Current job
section-assignment-intro = The job held with you. The person stays your employee while working elsewhere.
section-core_skills = Training
section-core_skills-intro = The newest record of each subject. Leave a row’s date empty if there is no record; such rows are not in the passport.
section-assurance = How all this was checked
section-assurance-intro = Leave this empty to say: checked by us against documents and our staff record, to the NHS Employment Check Standards, true today.

group-personal = Personal details that few hosts need
group-assurance = This check was made in another way than the others
group-employment = Employment details that only you as the employer need
group-skill = More about this record

ask-professional_registration = Is this person registered with a professional body?
ask-professional_registration-hint = For example the NMC, the GMC or the HCPC.
ask-professional_registration-yes = Yes
ask-professional_registration-no = No, the job needs no registration
ask-professional_registration-missing = Say whether this person is registered with a professional body

training-row = Training { $number }
training-row-of = Training { $number }, { $subject }
training-add = Add more rows
training-remove = Remove this row
training-remove-which = Remove { $title }

period-legend-years = Years
period-legend-months = Months
period-years = { $years ->
    [one] every year
   *[other] every { $years } years
 }
period-months = { $months ->
    [one] every month
   *[other] every { $months } months
 }
period-both = every { $years ->
    [one] year
   *[other] { $years } years
 } and { $months ->
    [one] month
   *[other] { $months } months
 }

fault-day-missing = { $field }: enter the day, the month and the year
fault-day-unreadable = { $field } must be a real date, for example 31 3 2026
fault-choice-missing = { $field }: choose one of the answers
fault-tick-missing = { $field }: tick to confirm
fault-text-missing = { $field } is missing
fault-period-unreadable = { $field } must be a number of years, of months, or both
choose = Choose one

field-identity-given_name = First name
field-identity-family_name = Last name
field-identity-preferred_name = Known as
field-identity-birth_date = Date of birth
field-identity-birth_date-hint = For example, 20 6 1990
field-identity-check_method = How identity was checked
field-identity-idsp = Identity service
field-identity-idsp-hint = The certified provider that made the check
field-identity-gpg45_profile = Identity confidence (GPG 45)
field-identity-gpg45_profile-hint = For example H1A
field-identity-checked_on = Checked on
field-identity-document_expiry = Photo document runs out on
field-identity-document_expiry-hint = Identity is checked again on a move if the document has run out by then
field-identity-personal-legal_sex = Sex
field-identity-personal-nationality = Nationality
field-identity-personal-nationality-hint = Country code of three letters, for example GBR
field-identity-personal-address = Home address
field-identity-personal-portrait = Photograph
field-identity-personal-portrait-hint = A small picture of the face, as on the identity badge. It never travels in a QR code. Without script, paste it here as text that begins with data:image/
portrait-choose = Choose a picture
portrait-remove = Remove the picture
portrait-alt = The photograph in this passport

field-right_to_work-basis = Kind of permission
field-right_to_work-basis-hint = Which Home Office list the documents or the online check are on
field-right_to_work-method = How it was checked
field-right_to_work-checked_on = Checked on
field-right_to_work-permission_until = Permission ends on
field-right_to_work-permission_until-hint = For List B only
field-right_to_work-follow_up_due = Next check due on
field-right_to_work-follow_up_due-hint = For List B only: before the permission ends; for group 2, six months after the Positive Verification Notice
field-right_to_work-work_restrictions = Limits on work
field-right_to_work-hours_cap = Most hours a week
field-right_to_work-hours_cap-hint = If hours are limited, for example 20
field-right_to_work-document_kind = Document seen
field-right_to_work-document_kind-hint = The kind only, for example UK passport. No document number

field-professional_registration-body = Professional body
field-professional_registration-number = Registration number
field-professional_registration-number-hint = NMC: for example 18A1234E. GMC: seven digits, with an A before them for physician and anaesthesia associates. GPhC: seven digits that begin with 2. HCPC: two letters and up to six digits
field-professional_registration-profession = Profession
field-professional_registration-profession-hint = For example Nurse or Physiotherapist
field-professional_registration-part = Part of the register
field-professional_registration-part-hint = For example Adult
field-professional_registration-status = Registration status
field-professional_registration-licence_to_practise = Holds a licence to practise
field-professional_registration-licence_to_practise-hint = For the GMC only
field-professional_registration-has_conditions = Conditions on practice
field-professional_registration-conditions = The conditions
field-professional_registration-conditions-hint = In words, if there are conditions. Hosts see them only when they ask for them
field-professional_registration-registered_on = Registered on
field-professional_registration-expires_on = Registration ends on
field-professional_registration-revalidation_due = Revalidation due on
field-professional_registration-qualifications = Qualifications
field-professional_registration-qualifications-hint = One on each line
field-professional_registration-checked_on = Checked on
field-professional_registration-checked_on-hint = On the public register or by ESR. Hosts call this out of date after 90 days

field-employment_history-period_covered_years = Years covered
field-employment_history-references_received = References received
field-employment_history-gaps_explained = Gaps explained
field-employment_history-outcome = Outcome
field-employment_history-outcome-tick = The employment history is satisfactory
field-employment_history-checked_on = Checked on

field-criminal_record-level = Level
field-criminal_record-workforce = Workforce
field-criminal_record-workforce-hint = A check is only good for the same workforce and level
field-criminal_record-barred_adult = Adults’ barred list
field-criminal_record-barred_child = Children’s barred list
field-criminal_record-outcome = Outcome
field-criminal_record-outcome-tick = The outcome is satisfactory for this job
field-criminal_record-issued_on = Certificate issued on
field-criminal_record-issued_on-hint = There is no legal end; most hosts ask for a certificate of the last three years
field-criminal_record-update_service = DBS Update Service
field-criminal_record-status_checked_on = Update Service checked on
field-criminal_record-status_checked_on-hint = If subscribed
field-criminal_record-reference-certificate_number = Certificate number
field-criminal_record-reference-certificate_number-hint = Twelve digits. Hosts see it only when they ask for it

field-work_health-outcome = Outcome
field-work_health-assessed_on = Assessed on
field-work_health-role_category = Kind of role
field-work_health-epp_cleared = Cleared for exposure-prone procedures
field-work_health-adjustments = Adjustments needed
field-work_health-adjustments-hint = In words, with adjustments only. Never a diagnosis. Hosts see them only when they ask for them
field-work_health-oh_provider = Occupational health service

field-assignment-department = Department
field-assignment-area_of_work = Area of work
field-assignment-staff_group = Staff group
field-assignment-staff_group-hint = As in ESR
field-assignment-job_role = Job role
field-assignment-job_role-hint = As in ESR, for example Staff Nurse
field-assignment-job_title = Job title
field-assignment-assignment_category = Kind of contract
field-assignment-assignment_status = Contract status
field-assignment-start = Started on
field-assignment-fixed_term_end = Contract ends on
field-assignment-fixed_term_end-hint = For a fixed term only
field-assignment-occupation_code = Occupation code
field-assignment-occupation_code-hint = For example N7C
field-assignment-employment-esr_assignment_number = ESR assignment number
field-assignment-employment-esr_assignment_number-hint = For example 12345678 or 12345678-2
field-assignment-employment-vpd = ESR trust number (VPD)
field-assignment-employment-vpd-hint = Three digits, for example 218
field-assignment-employment-pay_band = Pay band
field-assignment-employment-pay_band-hint = For example Band 6
field-assignment-employment-wte = Share of full time
field-assignment-employment-wte-hint = For example 0.8 or 1

field-core_skills-subject = Subject
field-core_skills-level = Level
field-core_skills-framework = Framework
field-core_skills-competency_name = Competency
field-core_skills-competency_name-hint = As ESR writes it, for example NHS|CSTF|Fire Safety - 2 Years|
field-core_skills-awarded_on = Achieved on
field-core_skills-renewal_period = Renewed every
field-core_skills-valid_until = Valid until
field-core_skills-valid_until-hint = Left empty, it is worked out
field-core_skills-assessed = Practically assessed

field-assurance-origin = Where the record comes from
field-assurance-origin-hint = For example ESR
field-assurance-assurance_policy = Checking standard
field-assurance-assurance_outcome = Outcome of the checking
field-assurance-provider = Provided by
field-assurance-verifier = Verified by
field-assurance-verification_method = How it was verified
field-assurance-pedigree = Kind of source
field-assurance-last_refresh = Last confirmed on

word-true = Yes
word-false = No
word-check_method-IN_PERSON = In person, with original documents
word-check_method-IN_PERSON-hint = Two photo documents and one of address, or one and two
word-check_method-IDSP = By a certified identity service (IDSP)
word-check_method-NHS_CREDENTIAL = By a credential of another NHS employer
word-legal_sex-MALE = Male
word-legal_sex-FEMALE = Female
word-legal_sex-NOT_SPECIFIED = Not specified
word-legal_sex-NOT_KNOWN = Not known
word-basis-LIST_A = List A: no end, no further check
word-basis-LIST_B_G1 = List B, group 1: permission with an end
word-basis-LIST_B_G2 = List B, group 2: Positive Verification Notice, six months
word-method-MANUAL = Original documents seen
word-method-SHARE_CODE = Online, with the person’s share code
word-method-IDSP = By a certified identity service (IDSP)
word-work_restrictions-NONE = None
word-work_restrictions-HOURS_CAP = Only so many hours a week
word-work_restrictions-EMPLOYER_TIED = Only for the sponsoring employer
word-work_restrictions-ROLE_LIMITED = Only in certain roles
word-body-GMC = General Medical Council (GMC)
word-body-NMC = Nursing and Midwifery Council (NMC)
word-body-HCPC = Health and Care Professions Council (HCPC)
word-body-GDC = General Dental Council (GDC)
word-body-GPhC = General Pharmaceutical Council (GPhC)
word-body-GOC = General Optical Council (GOC)
word-body-GOsC = General Osteopathic Council (GOsC)
word-body-GCC = General Chiropractic Council (GCC)
word-body-SWE = Social Work England (SWE)
word-body-VOLUNTARY = A voluntary register
word-status-REGISTERED = Registered
word-status-REGISTERED_WITH_CONDITIONS = Registered, with conditions
word-status-SUSPENDED = Suspended
word-status-LAPSED = Lapsed
word-status-REMOVED = Removed
word-level-BASIC = Basic
word-level-STANDARD = Standard
word-level-ENHANCED = Enhanced
word-level-1 = Level 1
word-level-2 = Level 2
word-level-3 = Level 3
word-workforce-ADULT = Adults
word-workforce-CHILD = Children
word-workforce-ADULT_AND_CHILD = Adults and children
word-workforce-OTHER = Other
word-barred_adult-CHECKED = Checked
word-barred_adult-NOT_CHECKED = Not checked
word-barred_child-CHECKED = Checked
word-barred_child-NOT_CHECKED = Not checked
word-outcome-SATISFACTORY = Satisfactory
word-outcome-FIT = Fit for the role
word-outcome-FIT_WITH_ADJUSTMENTS = Fit, with adjustments
word-update_service-SUBSCRIBED = Subscribed
word-update_service-NO = Not subscribed
word-role_category-NON_CLINICAL = Not clinical
word-role_category-CLINICAL = Clinical
word-role_category-EPP = Clinical, with exposure-prone procedures (EPP)
word-staff_group-ADDITIONAL_CLINICAL_SERVICES = Additional Clinical Services
word-staff_group-ADDITIONAL_PROFESSIONAL_SCIENTIFIC_AND_TECHNICAL = Additional Professional Scientific and Technical
word-staff_group-ADMINISTRATIVE_AND_CLERICAL = Administrative and Clerical
word-staff_group-ALLIED_HEALTH_PROFESSIONALS = Allied Health Professionals
word-staff_group-ESTATES_AND_ANCILLARY = Estates and Ancillary
word-staff_group-HEALTHCARE_SCIENTISTS = Healthcare Scientists
word-staff_group-MEDICAL_AND_DENTAL = Medical and Dental
word-staff_group-NURSING_AND_MIDWIFERY_REGISTERED = Nursing and Midwifery Registered
word-staff_group-STUDENTS_NON_MEDICAL = Students, non-medical
word-staff_group-STUDENTS_MEDICAL = Students, medical
word-assignment_category-PERMANENT = Permanent
word-assignment_category-FIXED_TERM = Fixed term
word-assignment_category-BANK = Bank
word-assignment_category-HONORARY = Honorary
word-assignment_status-ACTIVE = Active
word-assignment_status-SUSPENDED = Suspended from duty
word-assignment_status-ENDED = Ended
word-framework-CSTF = Core Skills Training Framework (CSTF)
word-framework-LOCAL = Local
word-subject-CONFLICT_RESOLUTION = Conflict resolution
word-subject-EQUALITY_DIVERSITY_AND_HUMAN_RIGHTS = Equality, diversity and human rights
word-subject-FIRE_SAFETY = Fire safety
word-subject-HEALTH_SAFETY_AND_WELFARE = Health, safety and welfare
word-subject-INFECTION_PREVENTION_AND_CONTROL = Infection prevention and control
word-subject-INFORMATION_GOVERNANCE_AND_DATA_SECURITY = Information governance and data security
word-subject-MOVING_AND_HANDLING = Moving and handling
word-subject-PREVENT = Preventing radicalisation
word-subject-RESUSCITATION_ADULT = Resuscitation of adults
word-subject-RESUSCITATION_PAEDIATRIC = Resuscitation of children
word-subject-RESUSCITATION_NEWBORN = Resuscitation of newborns
word-subject-SAFEGUARDING_ADULTS = Safeguarding adults
word-subject-SAFEGUARDING_CHILDREN = Safeguarding children
word-verifier-ORIGIN = Whoever keeps the record
word-verifier-PROVIDER = The provider named above
word-verifier-NOT_VERIFIED = Nobody yet
word-verification_method-DOCUMENT_VERIFICATION = Against documents
word-verification_method-RECORD_VERIFICATION = Against a record
word-verification_method-DOCUMENT_AND_RECORD = Against documents and a record
word-verification_method-NOT_VERIFIED = Not verified
word-pedigree-AUTHORITATIVE = The authority itself
word-pedigree-SOURCED = Taken from the authority
word-pedigree-SELF_ASSERTED = Said by the person
word-pedigree-DERIVED = Worked out from other facts
