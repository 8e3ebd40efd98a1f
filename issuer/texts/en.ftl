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
section-core_skills-intro = The newest record of each subject. Leave a row’s date empty if there is no record; such rows are not in the passport. Leave the renewal empty for training that is done once. A last day that is left empty is worked out.
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

ends-over = Ended
ends-today = Ends today
ends-soon = Ends in { $days ->
    [one] { $days } day
   *[other] { $days } days
 }
once-only = Done once, no renewal
no-training = No training is recorded.
not-in-passport = Not in this passport.

## All pages of the console

back = Back
nav-queues = To do
nav-passports = Passports
nav-new = Create a passport
nav-movements = Releases
movements-title = Releases to other trusts
movements-waiting = Waiting for you
movements-waiting-none = No trust is asking for anybody.
movements-away = Where our people are today
movements-away-none = Nobody is away today.
movement-nobody = Nobody here has this reference
movement-days = { $start } to { $end }
movement-host = Trust
movement-kind = Kind
movement-when = Days
movement-end = End
movement-end-now = End today
movement-approve = Release
movement-why-not = Why not
movement-refuse = Do not release
movement-reason-missing = Say why not: choose a reason.
movement-approved = Released. The trust has your signed answer.
movement-refused = Not released. The trust has your signed answer, without the reason.
movement-ended = The release ends today.
nav-import = Import a file
note-optional = Note (optional)
note-hint = For your own records; it never leaves this service. One line, no health or disciplinary details.
no-name = No name yet
london-time = { $day }, { $time }

state-DRAFTED = Draft
state-OFFERED = Waiting for the phone
state-ACTIVE = In use
state-REJECTED = Rejected by staff
state-SUSPENDED = Suspended
state-WITHDRAWN = Withdrawn
state-SUPERSEDED = Superseded
state-REVOKED = Revoked
state-EXPIRED = Expired
state-ARCHIVED = Archived

## Work queues

home-title = To do
home-lead = What waits for you at { $organisation }.
home-create = Create a passport
home-all = See all { $count }
queue-TO_APPROVE = To approve
queue-TO_APPROVE-text = A colleague has asked for it; you decide.
queue-TO_APPROVE-empty = Nothing waits for a second person.
queue-TO_CONFIRM = Compare six digits
queue-TO_CONFIRM-text = A phone is waiting while you compare.
queue-TO_CONFIRM-empty = No phone is waiting for you.
queue-TO_ISSUE = Drafts to finish
queue-TO_ISSUE-text = Saved, and not offered yet.
queue-TO_ISSUE-empty = There are no drafts.
queue-WAITING = Waiting for the phone
queue-WAITING-text = Offered, and not collected yet.
queue-WAITING-empty = No offer is waiting for a phone.
queue-REJECTED = Rejected by staff
queue-REJECTED-text = They say something is wrong with it, or do not want it.
queue-REJECTED-empty = Nobody has rejected a passport.
queue-EXPIRING = Ending soon
queue-EXPIRING-text = A check or a copy ends within { $days } days.
queue-EXPIRING-empty = Nothing ends within the next { $days } days.
queue-SUSPENDED = Suspended
queue-SUSPENDED-text = Not valid until you reinstate or revoke them.
queue-SUSPENDED-empty = No passport is suspended.

## Search

search-title = Passports
search-label = Name or registration number
search-hint = Whole words, or the first three letters of a name
search-state = State
search-state-any = Any state
search-queue = Waiting for you
search-queue-any = Waiting or not
search-go = Search
search-clear = Clear the search
search-results = { $count ->
    [0] No passport is found
    [one] One passport
   *[other] { $count } passports on this page
 }
search-nothing = Check the spelling, use fewer words, or choose any state. Names are found by whole words or by their first three letters.
search-none-yet = There are no passports yet.
search-next = More passports
search-first = Back to the first page
search-bad-cursor = The page you asked for does not exist any more. This is the first one.
column-name = Name
column-state = State
column-created = Created

## Create and change

new-title = Create a passport
new-lead = Everything in one sitting. You can save a draft at any time.
new-like-lead = The job and the training subjects are filled in as in the passport you came from. Check them.
edit-draft-title = Finish the draft
edit-title = Change the checks
edit-lead = What you change here is put into the passport, and copies that phones hold are treated as you say at the end.
form-index = On this page
form-faulty = To mend
form-review = Check and continue
form-draft = Save as a draft
assurance-change = Say it differently for this passport
draft-saved = The draft is saved. Nobody outside HR can see it.

review-title = Check what goes into the passport
review-lead = { $organisation } vouches for this with its signature. Hosts rely on it without checking again.
review-back = Back to the form
review-change = Change
review-offer = Offer it to the phone
review-offer-text = Next you see a QR code and a transaction code for { $name }. The staff member should be with you, with their phone and their photo ID.
review-waive = Do without comparing six digits
review-waive-hint = Only when the staff member uses a wallet of another maker, which cannot show the digits. It is recorded with your name.
review-create = Create and offer
review-same = Already there
review-same-text = { $count ->
    [one] A passport with the same registration number is already there. Use it instead, or archive it first:
   *[other] Passports with the same registration number are already there. Use one of them instead, or archive them first:
 }
review-save = Save the change

change-kind = What does this change mean for copies that are out?
change-kind-hint = The copy on the phone cannot be edited. It is replaced by a new one, or stopped.
change-kind-missing = Say what the change means for copies that are out
change-kind-BENIGN = Renewed or corrected: copies stay valid
change-kind-BENIGN-hint = For example training renewed, a new job title. The phone fetches a new copy by itself.
change-kind-DOUBT = In doubt: suspend the passport
change-kind-DOUBT-hint = Hosts are told that it is not valid, until you reinstate it.
change-kind-ADVERSE = Adverse: revoke every copy
change-kind-ADVERSE-hint = For example struck off, permission to work ended. Hosts are told within seconds. This cannot be undone.
change-nothing = You have not changed anything.
changed = The checks are changed.

## Offer

offer-title = Offer the passport
offer-of = Passport of { $name }
offer-steps = What to do
offer-step-scan = Ask the staff member to open their staff passport app and scan this code.
offer-step-code = Read them the transaction code. Do not write it down.
offer-step-digits = Their phone then shows six digits. Type them here while you look at the phone.
offer-qr-alt = QR code with the offer of this passport
offer-link = Open the staff passport app on this phone
offer-link-other = Open in another wallet on this phone
offer-link-hint = Only when the staff member’s own phone shows this page.
offer-code = Transaction code
offer-reference = If the wallet asks who you are, on our own page: reference
offer-expires = Valid until { $time }
offer-left = Time left
offer-live = How far it is
offer-check = Check again
offer-to-passport = Go to the passport
offer-again = Make a new offer
offer-wrong-codes = { $count ->
    [0] {""}
    [one] A wrong transaction code was typed once. After five the offer ends.
   *[other] A wrong transaction code was typed { $count } times. After five the offer ends.
 }
offer-waived = Six digits are not compared for this offer.

step-NONE = No offer was made yet
step-NONE-text = Make an offer when the staff member is with you.
step-WAITING = Waiting for the phone
step-WAITING-text = Nobody has opened the offer yet.
step-COLLECTED = The phone has opened the offer
step-COLLECTED-text = The transaction code was right. The phone is making its key.
step-CONFIRM = Compare six digits
step-CONFIRM-text = A phone is waiting. Look at the staff member’s phone and type the six digits that it shows.
step-CONFIRMED = The digits are right
step-CONFIRMED-text = The phone is fetching the passport.
step-ISSUED = The passport is on the phone
step-ISSUED-text = The staff member is reviewing it. Wallets of other makers may never say more.
step-ACCEPTED = Accepted
step-ACCEPTED-text = The staff member keeps the passport. It can be shown from now on.
step-REJECTED = Rejected by the staff member
step-REJECTED-text = Mend what is wrong and offer it again.
step-REFUSED = Stopped: the digits differed
step-REFUSED-text = Another phone had opened the offer. It got nothing. Make a new offer, and show it to nobody else.
step-WITHDRAWN = The offer was taken back
step-WITHDRAWN-text = Make a new one when the staff member is with you.
step-KILLED = Stopped: too many wrong transaction codes
step-KILLED-text = Make a new offer and read out its code.
step-EXPIRED = The offer has run out
step-EXPIRED-text = Nobody collected it in time. Make a new one.

confirm-digits = Six digits on the staff member’s phone
confirm-digits-hint = Look at the phone yourself. Do not take them from a message or a call.
confirm-digits-missing = Type the six digits that the phone shows
confirm-digits-wrong = These are not the digits of the phone that is waiting. Look again. If the phone shows them, another phone has opened the offer: stop it.
confirm-digits-go = Confirm
confirm-refuse = Stop this offer
confirm-refuse-text = If the staff member’s phone shows other digits, another phone is waiting. Stop: it gets nothing, and the offer ends.
confirm-waive = The phone shows no digits
confirm-waive-text = Wallets of other makers cannot show them. Go on only if you have seen on the staff member’s phone that it is waiting for this passport. It is recorded with your name.
confirm-waive-go = Go on without comparing
confirmed = The digits are right. The phone is fetching the passport.
refused = The offer is stopped. The phone that was waiting got nothing.
waived = You have done without comparing. It is recorded.

rejection-INCORRECT = Something in it is wrong
rejection-DUPLICATE = They have it already
rejection-NOT_WANTED = They do not want it
rejection-OTHER = Another reason
rejection-words = In their words

## Passport

passport-title = Passport of { $name }
passport-born = Date of birth
passport-number = Registration number
passport-job = Job
passport-reference = Reference of the person
passport-created = Created
passport-offer = Offer
passport-offer-show = Show the offer
passport-acts = What you can do
passport-host-view = What a host would read
passport-host-view-text = If this person started today for four weeks, judged by the rules that hosts start from:
passport-checks = Checks
passport-ends = What ends first
ends-check = { $check }: too old to rely on
passport-draft-faults = Still missing or wrong
passport-copies = Copies on phones
passport-copies-none = No phone has a copy.
passport-history = History
copy-status = Status
copy-issued = Issued
copy-until = Valid until
copy-key = Phone’s key
copy-VALID = Valid
copy-INVALID = Revoked
copy-SUSPENDED = Suspended
copy-SUPERSEDED = Superseded
copy-OTHER = Unknown
history-when = When
history-what = What
history-who = Who
history-wallet = The staff member’s phone
history-service = The service
history-token = A program ({ $id })
history-person = Somebody who has left ({ $id })

history-DRAFTED = Draft begun
history-SAVED = Draft saved
history-OFFERED = Offered
history-OFFERED_UNCOMPARED = Offered, without comparing digits
history-TX_CODE_WRONG = Wrong transaction code
history-OFFER_KILLED = Offer ended by wrong transaction codes
history-REDEEMED = Offer opened with the right transaction code
history-KEY_SHOWN = The phone showed its key
history-KEY_CONFIRMED = Six digits compared: right
history-KEY_REFUSED = Six digits compared: they differed
history-KEY_WAIVED = Done without comparing six digits
history-KEY_LAPSED = Nobody compared in time
history-ISSUED = Copy issued to the phone
history-DOWNLOADED = Downloaded as a W3C credential
history-RENEWED = New copy fetched by the phone itself
history-ACCEPTED = Accepted by the staff member
history-REJECTED = Rejected by the staff member
history-WALLET_FAILED = The phone could not keep it
history-DELETED = Deleted from the phone
history-CHANGED_BENIGNLY = Checks changed; copies stay valid
history-CHANGED_IN_DOUBT = Checks changed; in doubt
history-CHANGED_ADVERSELY = Checks changed; adverse
history-SUSPENDED = Suspended
history-REINSTATED = Reinstated
history-WITHDRAWN = Offer taken back
history-SUPERSEDED = Superseded by another passport
history-REVOKED = Revoked
history-EXPIRED = Last copy ran out
history-ARCHIVED = Archived
history-APPROVAL_ASKED = Approval asked for
history-APPROVAL_REFUSED = Not approved
history-RELEASE_ASKED = A host asked for a release
history-RELEASE_APPROVED = Released to a host
history-RELEASE_REFUSED = Not released
history-RELEASE_ENDED = A release ended
history-ACCOUNT_NAMED = Staff account named
history-ACCOUNT_REMOVED = Staff account taken away
history-ERASED = Person erased
reason-NEEDED_HERE = Needed here on these days
reason-NOT_AGREED = Not agreed with the person or the manager
reason-NOT_OURS = Nobody here has this reference
erased = Erased
reason-TO_OFFER = An offer to the staff member’s phone
reason-TO_WAIVE = Issuing without comparing six digits
reason-TO_CHANGE = A change of the checks
reason-TO_REINSTATE = The end of the suspension
approve-title = Approve for a colleague
approve-what = Asked for
approve-by = Asked by
approve-note = Note
approve-offer = An offer of this passport to the staff member’s phone
approve-waive = Issuing without comparing six digits with the phone
approve-change = These checks in the place of the ones in the passport
approve-reinstate = The end of the suspension: copies are valid again
approve-own = You asked for this. A colleague has to approve it.
approve-take-back = Take it back
approve-go = Approve
approve-refuse = Do not approve
approve-note-hint = When you do not approve: say why. It never leaves this service.
approve-done = Approved and done.
approve-refused = It was not approved, and nothing has changed.
approve-link = Decide what a colleague asked for
approve-asked = A colleague has to approve this: it waits under “To approve”.

reason-ISSUED_IN_ERROR = It should not have been issued
reason-NO_LONGER_VALID = What it says is no longer so
reason-LEFT_EMPLOYMENT = The staff member has left
reason-LOST_DEVICE = The phone is lost
reason-CHECK_IN_DOUBT = A check is in doubt
reason-INVESTIGATION = Something is being looked into
reason-SUSPENDED_FROM_DUTY = The staff member is suspended from duty
reason-CLEARED = The doubt is settled
reason-SUSPENDED_IN_ERROR = It was suspended by mistake
reason-MISTAKE = Offered to the wrong person, or with a mistake in it
reason-NOT_NEEDED = Not needed any more
reason-EXPOSED = Somebody else may have seen the offer
reason-FINISHED = Its time is over
reason-DUPLICATE = There are two of it
reason-FIRST = For the first time
reason-AGAIN = The offer before ran out or was lost
reason-NEW_DEVICE = A new phone
reason-CORRECTED = What was wrong is put right
reason-INCORRECT = Something in it is wrong
reason-NOT_WANTED = They do not want it
reason-OTHER = Another reason
reason-OTHER-hint = Say which in the note.

## Acts

act-reason = Why?
act-reason-missing = Choose a reason
act-edit = Change the checks
act-finish = Finish the draft
act-like = Create another passport like this one
act-erase = Erase the person
erase-title = Erase this person
erase-what = Everything personal is destroyed for good: the checks, the notes, the account, open releases. Nobody can bring it back. Copies that have not run out are revoked.
erase-stays = What stays says nothing of her: status entries, the acts in the record, and the counts.
erase-sure = I want to erase this person for good
erase-not-sure = Tick the box if you are sure
erase-go = Erase for good
erase-done = The person is erased.
act-account = Name the staff account
account-title = Staff account
account-what = Whoever signs in to this account at your organisation’s sign-in service can fetch this passport into a wallet, while an offer is open, without the six digits of the offer.
account-label = Account
account-hint = As your sign-in service writes it, for example ada.lovelace@nhs.net
account-go = Save
account-remove = Take it away
account-bad = Type the account, in at most 320 characters
account-taken = Another passport has this account. Take it away there first
account-offer-open = An offer is open, which a colleague approved without this account. Withdraw it, name the account, and offer again
account-named = The staff account is saved.
account-removed = The staff account is taken away.
act-refused = This passport is { $state } now, so this is not possible.

act-reoffer = Offer again
act-reoffer-heading = Offer the passport again
act-reoffer-text = You get a new QR code and a new transaction code. An offer that is still open ends.
act-reoffer-ACTIVE = With a new phone the copy on the old one goes on until the new one is collected, and is superseded then. With a lost phone its copy is revoked at once.
act-reoffer-go = Make the offer

act-withdraw = Take the offer back
act-withdraw-heading = Take the offer back
act-withdraw-text = The QR code and the transaction code stop working at once. You can make a new offer later.
act-withdraw-go = Take it back
act-withdraw-done = The offer is taken back.

act-suspend = Suspend
act-suspend-heading = Suspend the passport
act-suspend-text = Within seconds every host that scans it reads: this passport is not valid, ask the home trust’s HR. They never read the reason. You can reinstate it.
act-suspend-go = Suspend it
act-suspend-done = The passport is suspended.

act-reinstate = Reinstate
act-reinstate-heading = Reinstate the passport
act-reinstate-text = Copies on phones are valid again within seconds.
act-reinstate-go = Reinstate it
act-reinstate-done = The passport is reinstated.

act-revoke = Revoke
act-revoke-heading = Revoke the passport
act-revoke-text = Within seconds every host that scans it reads: this passport is not valid, ask the home trust’s HR. They never read the reason. This cannot be undone; the staff member needs a new offer or a new passport.
act-revoke-go = Revoke it for good
act-revoke-done = The passport is revoked.

act-archive = Archive
act-archive-heading = Archive the passport
act-archive-text = It goes out of the lists. Its history stays and can be found by searching for archived passports. This cannot be undone.
act-archive-go = Archive it
act-archive-done = The passport is archived.

outcome-CLEAR_TO_START = Clear to start
outcome-CLEAR_WITH_CONDITIONS = Clear, with conditions
outcome-NOT_YET = Not yet
outcome-DO_NOT_START = Do not start
outcome-CANNOT_TELL = Cannot tell
unreadable = A passport that cannot be read. Tell the administrator.

## Importing a file

import-title = Import passports from a file
import-lead = One row for each staff member. Check the file first: nothing is stored then, and you see what is wrong, row by row.
import-template = Download the empty file with every heading (CSV)
import-file = The file
import-file-hint = CSV or Excel workbook (xlsx), with headings in the first row. At most 200,000 rows.
import-mapping = Its headings
import-mapping-template = Those of the empty file
import-mapping-esr = Those of a staff record extract (ESR)
import-waive = Do not compare six digits with each phone
import-waive-hint = Only where you cannot meet the people. It is recorded.
import-check = Check the file
import-failed = Download the rows that would fail
import-go = Import the good rows
import-file-missing = Choose a file
import-checked = The file is checked
import-done = The file is imported
import-again = Nothing is stored yet. To import the good rows, choose the same file again and press the button.
import-resumable = If it breaks off, import the same file again: it goes on where it stopped, and makes nothing twice.
import-waits = A colleague is to import the same file
import-second = Two people issue here, so nothing is made yet. Ask a colleague to choose the very same file on this page, with the same answers, and to press the button, within a week. The service keeps nothing of the file until then.
import-rows = Rows
import-good = Good
import-bad = With faults
import-created = Passports made
import-made-before = Made before
import-faults = What is wrong
import-row = Row
import-column = Column
import-wrong = What is wrong there
import-more = { $count ->
    [one] One more fault is in the file of the rows that would fail.
   *[other] { $count } more faults are in the file of the rows that would fail.
 }
import-see = See the passports that wait for a phone
import-running = Importing
import-said-counts = Rows: {"{"}rows{"}"}. Passports made: {"{"}created{"}"}. Made before: {"{"}made_before{"}"}. With faults: {"{"}refused{"}"}.
import-said-done = Done.
import-said-stopped = It stopped. Import the same file again: it goes on where it stopped, and makes nothing twice.

## Where a wallet sends a staff member to say who she is

authorize-title = Get your staff passport
authorize-what = Your wallet asks for your staff passport. Go on only if you opened this page from your own wallet just now.
authorize-leads-to = Afterwards you go back to:
authorize-reference = Reference
authorize-reference-hint = Eight letters and digits, for example 7K4Q-2MX9
authorize-code = Transaction code
authorize-code-hint = Six digits, from your HR department. After five wrong codes the offer ends
authorize-go = Continue
authorize-provider = Sign in with { $label }
authorize-by-code = Or with the code from your HR department
authorize-account = You are signed in as:
authorize-account-none = No passport waits for this account. Ask your HR department, or type the code that it gave you.
authorize-account-gone = Your sign-in has run out. Sign in again, or type the code from your HR department
authorize-forget = Use something else
authorize-cancel = Stop, and go back
authorize-wrong = This is not the right code for an open offer. Check it with your HR department
authorize-wrong-left = { $left ->
    [0] Wrong code. The offer has ended: ask your HR department for a new one
    [one] Wrong code. One try is left
   *[other] Wrong code. { $left } tries are left
 }
authorize-six = Type the six digits of the code
authorize-not-offered = The offer is not for what your wallet asks for. Ask your HR department
authorize-help-heading = I have no code
authorize-help = Your HR department makes an offer for you and gives you a QR code, a reference and six digits. If you did not open this page from your wallet, close it and tell them.
